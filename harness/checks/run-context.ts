/** What a Vitest worker must know of the run; handed over by Vitest's `provide`, so it is plain data. */

import type { Change } from '../mutants/change.ts';
import type { Arm } from '../schema/entry.ts';
import type { Profile, ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';

export interface RunContext {
  readonly runFolder: string;
  readonly seed: number;
  readonly profile: Profile;
  readonly arms: Readonly<Record<Arm, string>>;
  /** The checks to run. */
  readonly checks: readonly PlannedCheck[];
  /** What the run decides: measured checks go on until they have decided theirs. */
  readonly promises: readonly ReleasePromise[];
  readonly components: Readonly<Record<string, { readonly url: string }>>;
  /** Path of the reaper's socket. */
  readonly reaper: string;
  /** The product is run with this change made: a mutant is to be caught. */
  readonly change?: Change;
}

declare module 'vitest' {
  export interface ProvidedContext {
    run: RunContext;
  }
  export interface TaskMeta {
    /** Which execution a Vitest test is. */
    execution?: Execution;
    status?: ExecutionStatus;
    /** How often its pair was voided, and made again, before it ended. */
    voided?: number;
  }
}

/** `unneeded`: it was not made, because its measured check had ended before. */
export type ExecutionStatus = 'completed' | 'error' | 'unneeded';

/** One call of a check's function. */
export interface Execution {
  readonly check: string;
  readonly arm: Arm;
  readonly replicate: number;
}
