/** What a Vitest worker must know of the run; handed over by Vitest's `provide`, so it is plain data. */

import type { Change } from '../mutants/change.ts';
import type { Arm } from '../schema/entry.ts';
import type { Profile } from '../schema/promise.ts';

export interface RunContext {
  readonly runFolder: string;
  readonly seed: number;
  readonly replicates: number;
  readonly profile: Profile;
  readonly arms: Readonly<Record<Arm, string>>;
  /** The arms each check is to run on, by its id; a check that is not here does not run. */
  readonly checks: Readonly<Record<string, readonly Arm[]>>;
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
    status?: 'completed' | 'error';
  }
}

/** One call of a check's function. */
export interface Execution {
  readonly check: string;
  readonly arm: Arm;
  readonly replicate: number;
}
