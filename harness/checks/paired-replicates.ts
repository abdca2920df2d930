/**
 * Makes the pairs of replicates of a measured check: again, when the generator spoilt one, and after each asks whether
 * another one is needed.
 */
import { join } from 'node:path';
import {
  lookAt,
  type Pair,
  type ReplicateSamples,
  type StoppingPlan,
  stoppingPlan,
  summarisePair,
} from '../judge/stopping.ts';
import { voidedPairsMax } from '../judge/voided.ts';
import { readEntries } from '../observations/read-entries.ts';
import { FILES } from '../run-folder/files.ts';
import type { Arm, Entry } from '../schema/entry.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Attempt, Outcome } from './execute.ts';
import type { Execution, RunContext } from './run-context.ts';

type Perform = (execution: Execution, attempt: Attempt) => Promise<Outcome>;

/** How an execution ended at last, and how often its pair was voided meanwhile. */
export interface Made {
  readonly outcome: Outcome;
  readonly voided: number;
}

export class PairedReplicates {
  readonly #check: string;
  readonly #path: string;
  readonly #plan: StoppingPlan;
  readonly #pairs: Pair[] = [];
  /** Executions of the pair at hand, in their order. */
  #pair: Execution[] = [];
  /** How often the pair at hand was made before. */
  #attempt = 0;
  /** How many pairs may still be made again. */
  #left: number;
  #over = false;

  constructor(planned: PlannedCheck, run: Pick<RunContext, 'runFolder' | 'promises' | 'arms'>) {
    this.#check = planned.id;
    this.#path = join(run.runFolder, FILES.observations);
    this.#left = voidedPairsMax(planned);
    this.#plan = stoppingPlan(planned, run.promises, run.arms.baseline === run.arms.candidate);
  }

  /** No further execution is needed. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Makes one execution, in their order, by `perform`; when that is voided, its pair again from its first one. An
   * execution that failed leaves a pair that cannot be compared: it is over.
   */
  async make(execution: Execution, perform: Perform): Promise<Made> {
    this.#pair.push(execution);
    const before = this.#attempt;
    let outcome = await perform(execution, this.#nextAttempt());
    while (outcome === 'voided') {
      this.#left -= 1;
      this.#attempt += 1;
      outcome = await this.#makeAgain(perform);
    }
    const voided = this.#attempt - before;
    await this.#ended(execution, outcome);
    return { outcome, voided };
  }

  async #makeAgain(perform: Perform): Promise<Outcome> {
    for (const execution of this.#pair) {
      const outcome = await perform(execution, this.#nextAttempt());
      if (outcome !== 'completed') return outcome;
    }
    return 'completed';
  }

  #nextAttempt(): Attempt {
    return { attempt: this.#attempt, mayBeVoided: this.#left > 0 };
  }

  async #ended({ replicate }: Execution, outcome: Outcome): Promise<void> {
    if (outcome !== 'completed') this.#over = true;
    if (this.#over || this.#pair.length < 2) return;
    const attempt = this.#attempt;
    this.#pair = [];
    this.#attempt = 0;
    // What was written is what will be judged: the look is taken at that.
    const { entries } = await readEntries(this.#path);
    const samples = (arm: Arm) => samplesOf(entries, { check: this.#check, arm, replicate }, attempt);
    this.#pairs.push(summarisePair(this.#plan, { baseline: samples('baseline'), candidate: samples('candidate') }));
    this.#over = lookAt(this.#plan, this.#pairs).answer === 'decided';
  }
}

function samplesOf(entries: readonly Entry[], { check, arm, replicate }: Execution, attempt: number): ReplicateSamples {
  const samples = new Map<string, number[][]>();
  for (const entry of entries) {
    if (entry.type !== 'observation' || entry.check !== check) continue;
    if (entry.arm === arm && entry.replicate === replicate && (entry.attempt ?? 0) === attempt) {
      samples.set(entry.measure, [...(samples.get(entry.measure) ?? []), entry.values]);
    }
  }
  return samples;
}
