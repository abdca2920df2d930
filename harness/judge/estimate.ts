/** The statistic of a promise, computed from pooled samples. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { designEffect, LEAST_CLUSTERS } from '../statistics/effective-size.ts';
import { CONFIDENCE, clopperPearson } from '../statistics/proportion.ts';
import { quantileEstimate, quantileRanks, sortedSamples } from '../statistics/quantile.ts';

type Batches = readonly (readonly number[])[];

/** The believed samples of one measure on one arm. They are sorted on first need, once for all promises of the measure. */
export class Pool {
  /** By execution: one check in one replicate. */
  readonly executions: readonly Batches[];
  readonly batches: Batches;
  readonly samples: number;
  #sorted: Float64Array | undefined;

  constructor(executions: readonly Batches[]) {
    this.executions = executions;
    this.batches = executions.flat();
    this.samples = this.batches.reduce((sum, batch) => sum + batch.length, 0);
  }

  get sorted(): Float64Array {
    this.#sorted ??= sortedSamples(this.batches);
    return this.#sorted;
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
 * How many independent samples those above `threshold` are worth: replicates differ more than what is within one, so they
 * are the clusters where there are enough of them, and blocks otherwise.
 */
function effectiveSize(pool: Pool, threshold: number): number {
  const replicates = pool.executions.filter((batches) => batches.some((batch) => batch.length > 0));
  const clusters = replicates.length >= LEAST_CLUSTERS ? replicates : pool.batches.map((batch) => [batch]);
  if (clusters.length < LEAST_CLUSTERS) return pool.samples;
  const counts = clusters.map((batches) => ({
    size: batches.reduce((sum, batch) => sum + batch.length, 0),
    hits: countAbove(batches, threshold),
  }));
  return pool.samples / designEffect(counts);
}

/** Told only when it is not the number of samples. */
function told(effective: number, samples: number): { effective?: number } {
  return Math.floor(effective) === samples ? {} : { effective: Math.floor(effective) };
}

export const PERCENT = { p50: 50, p95: 95, p99: 99 } as const;

/** `threshold` is required for the statistics `…-above`; the promise's schema sees to that. */
export function estimateOf(
  { statistic, threshold = Number.NaN }: LimitPromise,
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
    case 'max':
      return realised(extreme(pool, Number.NEGATIVE_INFINITY, Math.max), samples);
    case 'min':
      return realised(extreme(pool, Number.POSITIVE_INFINITY, Math.min), samples);
    case 'p50':
    case 'p95':
    case 'p99': {
      const percent = PERCENT[statistic];
      const point = pool.sorted[quantileRanks(samples, percent).point - 1] as number;
      const effective = effectiveSize(pool, point);
      const estimate = quantileEstimate(pool.sorted, percent, confidence, effective);
      return { ...estimate, samples, ...told(effective, samples) };
    }
  }
}
