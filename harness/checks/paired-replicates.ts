/** Asks, after each pair of replicates of a measured check, whether another one is needed. */
import { join } from 'node:path';
import {
  lookAt,
  type Pair,
  type ReplicateSamples,
  type StoppingPlan,
  stoppingPlan,
  summarisePair,
} from '../judge/stopping.ts';
import { readEntries } from '../observations/read-entries.ts';
import { FILES } from '../run-folder/files.ts';
import type { Arm, Entry } from '../schema/entry.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Execution, ExecutionStatus, RunContext } from './run-context.ts';

export class PairedReplicates {
  readonly #check: string;
  readonly #path: string;
  readonly #plan: StoppingPlan;
  readonly #pairs: Pair[] = [];
  /** Executions of the pair at hand that have ended. */
  #ended = 0;
  #over = false;

  constructor(planned: PlannedCheck, run: Pick<RunContext, 'runFolder' | 'promises' | 'arms'>) {
    this.#check = planned.id;
    this.#path = join(run.runFolder, FILES.observations);
    this.#plan = stoppingPlan(planned, run.promises, run.arms.baseline === run.arms.candidate);
  }

  /** No further execution is needed. */
  get over(): boolean {
    return this.#over;
  }

  /** To be called after each execution, in their order. One that failed leaves a pair that cannot be compared: it is over. */
  async ended({ replicate }: Execution, status: ExecutionStatus): Promise<void> {
    if (status !== 'completed') this.#over = true;
    this.#ended += 1;
    if (this.#over || this.#ended < 2) return;
    this.#ended = 0;
    // What was written is what will be judged: the look is taken at that.
    const { entries } = await readEntries(this.#path);
    const samples = (arm: Arm) => samplesOf(entries, { check: this.#check, arm, replicate });
    this.#pairs.push(summarisePair(this.#plan, { baseline: samples('baseline'), candidate: samples('candidate') }));
    this.#over = lookAt(this.#plan, this.#pairs).answer === 'decided';
  }
}

function samplesOf(entries: readonly Entry[], { check, arm, replicate }: Execution): ReplicateSamples {
  const samples = new Map<string, number[][]>();
  for (const entry of entries) {
    if (entry.type !== 'observation' || entry.check !== check) continue;
    if (entry.arm === arm && entry.replicate === replicate) {
      samples.set(entry.measure, [...(samples.get(entry.measure) ?? []), entry.values]);
    }
  }
  return samples;
}
