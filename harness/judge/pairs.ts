/** The pairs of replicates that a check made, and whether it was right to make no more. */
import type { Arm } from '../schema/entry.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Problem } from './problem.ts';
import type { Review } from './review.ts';
import { type Look, looksAt, type Pair, type StoppingPlan, summarisePair, wrongEnd } from './stopping.ts';

export interface MadePairs {
  pairs: Pair[];
  /** How many the budget allows. */
  most: number;
  /** The rule asked again after each pair, where the check could end by it; else none. */
  looks: Look[];
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
  const looks = planned.leastReplicates === undefined ? [] : looksAt(plan, pairs);
  const wrong = looks.length === 0 ? undefined : wrongEnd(plan, looks);
  return {
    pairs,
    most: planned.replicates,
    looks,
    whole,
    endedAt: looks.length > 0 && wrong === undefined ? made : planned.replicates,
    problem: wrong === undefined ? undefined : { verdict: 'no-data', says: `${planned.id} ended wrongly: ${wrong}` },
  };
}
