/** How soon a plain regression is called, when the check may end as soon as it is certain. */
import { stoppingPlan } from '../judge/stopping.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import { type Context, type Figure, medianOf, percentText } from './figure.ts';
import { BUDGET, checkOf, guardrailOf, limitOf } from './gates.ts';
import { follow, type PairValues } from './measurement.ts';
import { Draws, latencies, pairLevels, type Weather } from './noise.ts';

const WEATHER: Weather = { noise: 0.1, tails: 'heavy', drift: 0.5 };
const REQUESTS = 100;
/** Errors come in runs: after one the next request fails with this probability too. */
const AGAIN = 0.5;

interface Case {
  of: string;
  promise: ReleasePromise;
  most: number;
  /** One replicate of the arm. */
  values(draws: Draws, level: number, regressed: boolean): number[];
}

const slower = (draws: Draws, level: number, regressed: boolean) =>
  latencies(draws, REQUESTS, level + (regressed ? Math.LN2 : 0));

const CASES: Case[] = [
  {
    of: 'latency x2, guardrail p95 with tolerance 5 %',
    promise: guardrailOf({ tolerance: 0.05 }),
    most: 0.25,
    values: slower,
  },
  {
    // The p95 of the release is 41 ms.
    of: 'latency x2, limit p95 < 50 ms',
    promise: limitOf({ limit: 50 }),
    most: 0.1,
    values: slower,
  },
  {
    of: 'error rate +10 points, limit of 1 %',
    promise: limitOf({ statistic: 'share-above', threshold: 0, operator: '<=', limit: 0.01 }),
    most: 0.1,
    values: (draws, _, regressed) => errors(draws, regressed ? 0.105 : 0.005),
  },
];

export function early(context: Context): Figure[] {
  const runs = context.quick ? 100 : 1_000;
  return CASES.map(({ of, promise, most, values }, index) => {
    const plan = stoppingPlan(checkOf(), [promise], false);
    const looks: number[] = [];
    for (let run = 0; run < runs; run++) {
      if (run % 50 === 0) context.progress(`early, ${of}`, run, runs);
      const draws = new Draws(context.seed + 60_000_003 + 1_000_003 * index + run);
      const pairs = pairLevels(draws, BUDGET, WEATHER).map(
        (level): PairValues => ({
          baseline: values(draws, level.baseline, false),
          candidate: values(draws, level.candidate, true),
        }),
      );
      const course = follow(plan, pairs).get(promise.id);
      looks.push(course?.verdict === 'fail' ? (course.calledAt ?? BUDGET) : Number.POSITIVE_INFINITY);
    }
    const median = medianOf(looks);
    return {
      promise: 'early',
      of,
      required: `<= ${percentText(most)} of the full sample, median`,
      measured: `${percentText(median / BUDGET)} (pair ${median} of ${BUDGET}); ${percentText(looks.filter(Number.isFinite).length / runs)} called`,
      met: median / BUDGET <= most,
    };
  });
}

/** 1 for a failed request, 0 for one that was served: a Markov chain with the given share of failures. */
function errors(draws: Draws, share: number): number[] {
  const begin = (share * (1 - AGAIN)) / (1 - share);
  let failing = draws.uniform() < share;
  return Array.from({ length: REQUESTS }, () => {
    const now = Number(failing);
    failing = draws.uniform() < (failing ? AGAIN : begin);
    return now;
  });
}
