/** The statistic of a promise, computed from pooled samples. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { boundedMean } from '../statistics/bounded-mean.ts';
import { designEffect, LEAST_CLUSTERS } from '../statistics/effective-size.ts';
import { CONFIDENCE, clopperPearson } from '../statistics/proportion.ts';
import { effectiveRanks, pointRank, pooledSamples } from '../statistics/quantile.ts';
import { selectRank } from '../statistics/select.ts';

type Batches = readonly (readonly number[])[];

/** The believed samples of one measure on one arm. They are pooled on first need, once for all promises of the measure. */
export class Pool {
  /** By execution: one check in one replicate. */
  readonly executions: readonly Batches[];
  readonly batches: Batches;
  readonly samples: number;
  readonly #ranked = new Map<number, number>();
  #pooled: Float64Array | undefined;

  constructor(executions: readonly Batches[]) {
    this.executions = executions;
    this.batches = executions.flat();
    this.samples = this.batches.reduce((sum, batch) => sum + batch.length, 0);
  }

  /** The sample of this rank, counted from 1. Few ranks are ever asked for: none needs the samples sorted. */
  at(rank: number): number {
    const known = this.#ranked.get(rank);
    if (known !== undefined) return known;
    this.#pooled ??= pooledSamples(this.batches);
    const value = selectRank(this.#pooled, rank);
    this.#ranked.set(rank, value);
    return value;
  }
}

/** A realised value: it is what happened, not an estimate of something else, so its interval is itself. */
function realised(value: number, samples: number): Estimate {
  return { value, low: value, high: value, samples };
}

function countAbove(batches: Batches, threshold: number): number {
  let count = 0;
  for (const batch of batches) {
    for (const value of batch) if (value > threshold) count++;
  }
  return count;
}

function extreme(pool: Pool, from: number, pick: (a: number, b: number) => number): number {
  let found = from;
  for (const batch of pool.batches) {
    for (const value of batch) found = pick(found, value);
  }
  return found;
}

/**
 * Samples that may resemble each other: replicates differ more than what is within one, so they are the clusters where
 * there are enough of them, and blocks otherwise. Undefined when there are too few of these too.
 */
function clustersOf(pool: Pool): readonly Batches[] | undefined {
  const replicates = pool.executions.filter((batches) => batches.some((batch) => batch.length > 0));
  const blocks = pool.batches.filter((batch) => batch.length > 0).map((batch) => [batch]);
  return [replicates, blocks].find((clusters) => clusters.length >= LEAST_CLUSTERS);
}

/** How many independent samples those above `threshold` are worth. */
export function effectiveSize(pool: Pool, threshold: number): number {
  const clusters = clustersOf(pool);
  if (clusters === undefined) return pool.samples;
  const counts = clusters.map((batches) => ({
    size: batches.reduce((sum, batch) => sum + batch.length, 0),
    hits: countAbove(batches, threshold),
  }));
  return pool.samples / designEffect(counts);
}

/** The means of the clusters, each of which counts the same however its samples depend on each other; else the samples. */
function independentMeans(pool: Pool): readonly number[] {
  return clustersOf(pool)?.map((batches) => meanOf(batches.flat())) ?? pool.batches.flat();
}

function meanOf(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Told only when it is not the number of samples. */
function told(effective: number, samples: number): { effective?: number } {
  return Math.floor(effective) === samples ? {} : { effective: Math.floor(effective) };
}

export const PERCENT = { p50: 50, p95: 95, p99: 99 } as const;

/** `threshold` is required for the statistics `…-above`, `ceiling` for `mean`; the promise's schema sees to that. */
export function estimateOf(
  { statistic, threshold = Number.NaN, ceiling = Number.NaN }: LimitPromise,
  pool: Pool,
  confidence: number = CONFIDENCE,
): Estimate {
  const { samples } = pool;
  if (samples === 0) return { value: null, low: null, high: null, samples };
  switch (statistic) {
    case 'count-above':
      return realised(countAbove(pool.batches, threshold), samples);
    case 'share-above': {
      const above = countAbove(pool.batches, threshold);
      const effective = effectiveSize(pool, threshold);
      const trials = Math.max(1, Math.floor(effective));
      const hits = (above * trials) / samples;
      const { low } = clopperPearson(Math.floor(hits), trials, confidence);
      const { high } = clopperPearson(Math.ceil(hits), trials, confidence);
      return { value: above / samples, low, high, samples, ...told(effective, samples) };
    }
    case 'mean': {
      const means = independentMeans(pool);
      return { ...boundedMean(means, ceiling, confidence), samples, ...told(means.length, samples) };
    }
    case 'max':
      return realised(extreme(pool, Number.NEGATIVE_INFINITY, Math.max), samples);
    case 'min':
      return realised(extreme(pool, Number.POSITIVE_INFINITY, Math.min), samples);
    case 'p50':
    case 'p95':
    case 'p99': {
      const percent = PERCENT[statistic];
      const value = pool.at(pointRank(samples, percent));
      const effective = effectiveSize(pool, value);
      const { low, high } = effectiveRanks(samples, percent, confidence, effective);
      const at = (rank: number | null) => (rank === null ? null : pool.at(rank));
      return { value, low: at(low), high: at(high), samples, ...told(effective, samples) };
    }
  }
}
