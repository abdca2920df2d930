/** The bounds of a share, a mean or a quantile that hold at every look: the values that the bets have not refuted. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { sortedSamples } from '../statistics/quantile.ts';
import { largestRefutedMean, shareEvidence } from '../statistics/share-sequence.ts';
import { PERCENT, type Pool } from './estimate.ts';
import { capitalFor, FALSE_FAIL, FALSE_PASS } from './levels.ts';

/** `estimate` with the nearer of its own bounds and those by the bets; counts and extremes are left as they are. */
export function withEarlyBounds(promise: LimitPromise, pool: Pool, estimate: Estimate): Estimate {
  const { statistic, operator } = promise;
  if (estimate.value === null || estimate.low === estimate.value) return estimate;
  // The side that a breach lies on has the level of a false fail.
  const levels = operator.startsWith('<')
    ? ([FALSE_FAIL.limit, FALSE_PASS] as const)
    : ([FALSE_PASS, FALSE_FAIL.limit] as const);
  const [toLow, toHigh] = levels.map((level) => capitalFor(level, 'limit')) as [number, number];
  switch (statistic) {
    case 'share-above': {
      const above = (value: number) => Number(value > (promise.threshold as number));
      const shares = sharesOf(pool, above);
      const low = largestRefutedMean(shares, toLow);
      const high = largestRefutedMean(
        shares.map((share) => 1 - share),
        toHigh,
      );
      return nearer(estimate, low, high === null ? null : 1 - high);
    }
    case 'mean': {
      const ceiling = promise.ceiling as number;
      const parts = sharesOf(pool, (value) => value / ceiling);
      const low = largestRefutedMean(parts, toLow);
      const high = largestRefutedMean(
        parts.map((part) => 1 - part),
        toHigh,
      );
      return nearer(estimate, low === null ? null : low * ceiling, high === null ? null : (1 - high) * ceiling);
    }
    case 'p50':
    case 'p95':
    case 'p99': {
      const below = PERCENT[statistic] / 100;
      const sorted = sortedSamples(pool.batches);
      // Between two samples nothing changes, so what is refuted just beyond a sample leaves that sample as the bound.
      const underIt = (x: number) =>
        shareEvidence(
          sharesOf(pool, (value) => Number(value > x)),
          1 - below,
        ) >= toLow;
      const overIt = (x: number) =>
        shareEvidence(
          sharesOf(pool, (value) => Number(value < x)),
          below,
        ) >= toHigh;
      const under = firstIndex(sorted.length, (index) => !underIt(sorted[index] as number));
      const over = firstIndex(sorted.length, (index) => overIt(sorted[index] as number));
      return nearer(
        estimate,
        underIt(Number.NEGATIVE_INFINITY) ? (sorted[under] as number) : null,
        overIt(Number.POSITIVE_INFINITY) ? (sorted[over - 1] as number) : null,
      );
    }
    default:
      return { ...estimate, low: estimate.value, high: estimate.value };
  }
}

function nearer(estimate: Estimate, low: number | null, high: number | null): Estimate {
  const lows = [estimate.low, low].filter((bound) => bound !== null);
  const highs = [estimate.high, high].filter((bound) => bound !== null);
  return {
    ...estimate,
    low: lows.length === 0 ? null : Math.max(...lows),
    high: highs.length === 0 ? null : Math.min(...highs),
  };
}

/** Of each replicate with samples, the mean of what each of them counts, from 0 to 1. */
function sharesOf(pool: Pool, counts: (value: number) => number): number[] {
  return pool.executions.flatMap((batches) => {
    let size = 0;
    let hits = 0;
    for (const batch of batches) {
      size += batch.length;
      for (const value of batch) hits += counts(value);
    }
    return size === 0 ? [] : [hits / size];
  });
}

/** The first index at which `holds`, which goes from false to true once; `count` when none. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
