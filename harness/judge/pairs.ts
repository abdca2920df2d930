/** The pairs of replicates that a check made, and whether it was right to make no more. */
import type { Arm } from '../schema/entry.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Problem } from './problem.ts';
import type { Review } from './review.ts';
import { type Pair, replayLooks, type StoppingPlan, summarisePair } from './stopping.ts';

export interface MadePairs {
  pairs: Pair[];
  /** All pairs of the budget are here: the sharper look at its end may be taken. */
  whole: boolean;
  /** Replicates from this one on were not made, and rightly so. */
  endedAt: number;
  /** Why its end was not right. */
  problem: Problem | undefined;
}

/** `reviews` are of one check. Replicates count as made up to the last one of which any line is there. */
export function pairsOf(planned: PlannedCheck, plan: StoppingPlan, reviews: readonly Review[]): MadePairs {
  const begun = reviews.filter(({ execution }) => execution !== undefined).map(({ replicate }) => replicate);
  const made = begun.reduce((most, replicate) => Math.max(most, replicate + 1), 0);
  const samplesOf = (arm: Arm, replicate: number) => {
    const review = reviews.find((one) => one.arm === arm && one.replicate === replicate);
    const samples = [...(review?.samples ?? [])];
    return new Map(
      samples.map(([measure, { batches }]) => [measure, batches.map(({ observation }) => observation.values)]),
    );
  };
  const pairs = Array.from({ length: made }, (_, replicate) =>
    summarisePair(plan, {
      baseline: samplesOf('baseline', replicate),
      candidate: samplesOf('candidate', replicate),
    }),
  );
  const whole = made === planned.replicates;
  const wrong = planned.leastReplicates === undefined || made === 0 ? undefined : replayLooks(plan, pairs);
  return {
    pairs,
    whole,
    endedAt: planned.leastReplicates !== undefined && made > 0 && wrong === undefined ? made : planned.replicates,
    problem: wrong === undefined ? undefined : { verdict: 'no-data', says: `${planned.id} ended wrongly: ${wrong}` },
  };
}
