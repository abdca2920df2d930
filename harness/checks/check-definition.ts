/** What a check is: its options, what its function works with, and how the harness holds it. */
import type { ReaperConnection } from '../processes/reaper.ts';
import type { Arm, Point } from '../schema/entry.ts';
import type { Profile } from '../schema/promise.ts';
import type { Lane } from '../schema/scope.ts';
import type { StackDefinition } from './stack.ts';

export interface CheckOptions<Services, Facts extends string, Measures extends Record<string, string>> {
  readonly lane: Lane;
  readonly stack?: StackDefinition<Services>;
  /** Facts it records, as sentences that hold when all is well. One that is not recorded is `no-data`. */
  readonly facts: readonly Facts[];
  /** Measures it observes, with their units: `{ away_ms: 'ms' }`. @default none */
  readonly measures?: Measures;
  /** @default both */
  readonly arms?: readonly Arm[];
  /** The quickest profile that includes this check. @default 'smoke' */
  readonly from?: Profile;
  /** The stack is not reset but replaced afterwards. @default false */
  readonly destroysStack?: boolean;
  /** Deadline of one execution, booting the stack not counted. @default 60_000 */
  readonly timeout_ms?: number;
}

/** Options of a measured check: it runs in lane `timing`, on both arms, and on a stack of its own in each replicate. */
export interface MeasureOptions<Services, Facts extends string, Measures extends Record<string, string>>
  extends Omit<CheckOptions<Services, Facts, Measures>, 'lane' | 'arms' | 'destroysStack'> {
  readonly measures: Measures;
  /** Pairs of replicates, one on each arm. From `least` on it ends when all its promises are decided; at `most` anyway. */
  readonly pairs: PairBudget;
}

/** How many pairs of replicates a measured check makes. */
export interface PairBudget {
  readonly least: number;
  readonly most: number;
}

/** What an execution of a check works with. */
export interface CheckContext<
  Services,
  Facts extends string = string,
  Measures extends Record<string, string> = Record<string, string>,
> {
  readonly stack: Services;
  readonly arm: Arm;
  /** The release that plays the arm. */
  readonly release: string;
  readonly replicate: number;
  readonly profile: Profile;
  /** This execution's own seed, derived from the run's. */
  readonly seed: number;
  /** Numbers in [0, 1) from `seed`. */
  readonly random: () => number;
  /**
   * Numbers in [0, 1) that are the same on both arms of a replicate, for a plan that either arm is to be put through: what
   * differs is then not what was done to them (common random numbers: A. Law, "Simulation Modeling and Analysis", 11.2).
   */
  readonly commonRandom: () => number;
  /** Every process the check starts is registered here, so that none outlives the run. */
  readonly reaper: ReaperConnection;
  /** Aborted when the execution ends: at its deadline, or before. An interrupted run ends the worker instead. */
  readonly signal: AbortSignal;
  /**
   * Records numbers of a declared measure as one batch, in the measure's unit.
   * @throws CheckError `not-finite`, `undeclared`
   */
  observe(measure: keyof Measures & string, values: readonly number[], options?: ObserveOptions): void;
  /** Records whether a declared fact holds. @throws CheckError `undeclared` */
  fact(name: Facts, holds: boolean, evidence?: string): void;
}

export interface ObserveOptions {
  /** When the first value was taken. @default now */
  readonly t0?: Date;
  /** By how much the documented timings were divided; the values given are already scaled back. */
  readonly factor?: number;
  /** What they were measured at: the report draws the measure over it, an arm a line. @default nothing, and no such chart */
  readonly point?: Point;
}

/** A check as the harness holds it, its type parameters forgotten. */
export interface CheckDefinition {
  readonly id: string;
  readonly options: Required<Omit<CheckOptions<unknown, string, Record<string, string>>, 'stack'>> & {
    readonly stack?: StackDefinition<unknown>;
    /** Of a measured check only. */
    readonly pairs?: PairBudget;
  };
  run(context: CheckContext<unknown>): Promise<void>;
}

/** A check broke the rules of recording. */
export class CheckError extends Error {
  readonly code: 'not-finite' | 'undeclared' | 'deadline';

  constructor(code: CheckError['code'], message: string) {
    super(message);
    this.name = 'CheckError';
    this.code = code;
  }
}
