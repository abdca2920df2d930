/** Quantiles of sorted samples with their intervals, exact for independent samples: no distribution assumed, no seed, no resampling. */
import { incompleteBeta } from './incomplete-beta.ts';
import { StatisticsInputError } from './input-error.ts';
import { CONFIDENCE } from './proportion.ts';
import { selectRank } from './select.ts';

/** Ranks counted from 1 in the sorted samples; `low` or `high` is null where no sample bounds the quantile. */
export interface QuantileRanks {
  low: number | null;
  point: number;
  high: number | null;
}

export interface QuantileEstimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** The smallest rank in [from, to] at which `holds` is true, `to + 1` when none; `holds` must go from false to true once. */
function firstRank(from: number, to: number, holds: (rank: number) => boolean): number {
  let low = from;
  let high = to + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Which order statistics of `samples` samples estimate and bound the quantile at `percent`, a whole number from 1 to 99.
 *
 * The point is the nearest rank, ceil(n·percent/100): the inverse of the empirical distribution function (type 1 of
 * R. J. Hyndman, Y. Fan, The American Statistician 50 (1996) 361-365), so it is a sample and lies inside its interval.
 *
 * The interval [X(low), X(high)] covers the quantile of independent samples with at least `confidence` for any distribution, ties
 * and steps included. How many samples fall below the quantile is binomial(n, percent/100): `low` is the largest rank with
 * P(B < low) <= α/2, `high` the smallest with P(B >= high) <= α/2.
 * Source: H. A. David, H. N. Nagaraja, "Order Statistics" (3rd ed., 2003), §7.1.
 * @throws StatisticsInputError for no samples, or a percent that is not whole and inside (0, 100)
 */
export function quantileRanks(samples: number, percent: number, confidence: number = CONFIDENCE): QuantileRanks {
  if (!Number.isInteger(samples) || samples < 1 || !Number.isInteger(percent) || percent < 1 || percent > 99) {
    throw new StatisticsInputError(
      `expected at least 1 sample and a whole percent from 1 to 99, not ${samples} and ${percent}`,
    );
  }
  const tail = (1 - confidence) / 2;
  const share = percent / 100;
  /** P(B >= rank) for rank in 1..n. */
  const atLeast = (rank: number) => incompleteBeta(share, rank, samples - rank + 1);
  /** P(B < rank), summed from its own side so that a tiny tail keeps its digits. */
  const below = (rank: number) => incompleteBeta(1 - share, samples - rank + 1, rank);
  const low = firstRank(1, samples, (rank) => below(rank) > tail) - 1;
  const high = firstRank(1, samples, (rank) => atLeast(rank) <= tail);
  return {
    low: low === 0 ? null : low,
    point: pointRank(samples, percent),
    high: high > samples ? null : high,
  };
}

/**
 * `quantileRanks` of samples that depend on each other and are worth fewer, `effective`: the ranks that would bound the
 * quantile among so many, taken at the same height among all and rounded outwards.
 */
export function effectiveRanks(
  samples: number,
  percent: number,
  confidence: number = CONFIDENCE,
  effective: number = samples,
): QuantileRanks {
  const independent = Math.min(samples, Math.max(1, Math.floor(effective)));
  const { low, high } = quantileRanks(independent, percent, confidence);
  const worth = samples / independent;
  return {
    low: low === null ? null : Math.floor((low - 1) * worth) + 1,
    point: pointRank(samples, percent),
    high: high === null ? null : Math.ceil(high * worth),
  };
}

/** The quantile at `percent` of ascending `sorted` samples and its interval; see `quantileRanks` and `effectiveRanks`. */
export function quantileEstimate(
  sorted: Float64Array,
  percent: number,
  confidence: number = CONFIDENCE,
  effective: number = sorted.length,
): QuantileEstimate {
  const ranks = effectiveRanks(sorted.length, percent, confidence, effective);
  const at = (rank: number | null) => (rank === null ? null : (sorted[rank - 1] ?? null));
  return { value: sorted[ranks.point - 1] as number, low: at(ranks.low), high: at(ranks.high) };
}

/** All values of `batches` in one ascending typed array: 8 bytes a value, numeric order without a comparator. */
export function sortedSamples(batches: readonly (readonly number[])[]): Float64Array {
  return pooledSamples(batches).sort();
}

/** The point alone of `quantileEstimate`, from samples in any order and without sorting them; null for no samples. */
export function quantileOf(batches: readonly (readonly number[])[], percent: number): number | null {
  const pooled = pooledSamples(batches);
  return pooled.length === 0 ? null : selectRank(pooled, pointRank(pooled.length, percent));
}

/** All values of `batches` in one typed array, in the order they came. */
export function pooledSamples(batches: readonly (readonly number[])[]): Float64Array {
  const pooled = new Float64Array(batches.reduce((sum, batch) => sum + batch.length, 0));
  let offset = 0;
  for (const batch of batches) {
    pooled.set(batch, offset);
    offset += batch.length;
  }
  return pooled;
}

/** The nearest rank, free of rounding. */
export function pointRank(samples: number, percent: number): number {
  return Math.ceil((samples * percent) / 100);
}
