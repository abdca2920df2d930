/** The statistic of a promise, computed from pooled samples. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { clopperPearson } from '../statistics/proportion.ts';
import { quantileEstimate, sortedSamples } from '../statistics/quantile.ts';

/** The believed samples of one measure on one arm. They are sorted on first need, once for all promises of the measure. */
export class Pool {
  readonly batches: readonly (readonly number[])[];
  readonly samples: number;
  #sorted: Float64Array | undefined;

  constructor(batches: readonly (readonly number[])[]) {
    this.batches = batches;
    this.samples = batches.reduce((sum, batch) => sum + batch.length, 0);
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

function countAbove(pool: Pool, threshold: number): number {
  let count = 0;
  for (const batch of pool.batches) {
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

const PERCENT = { p50: 50, p95: 95, p99: 99 } as const;

/** `threshold` is required for the statistics `…-above`; the promise's schema sees to that. */
export function estimateOf({ statistic, threshold = Number.NaN }: LimitPromise, pool: Pool): Estimate {
  const { samples } = pool;
  if (samples === 0) return { value: null, low: null, high: null, samples };
  switch (statistic) {
    case 'count-above':
      return realised(countAbove(pool, threshold), samples);
    case 'share-above': {
      const above = countAbove(pool, threshold);
      return { value: above / samples, ...clopperPearson(above, samples), samples };
    }
    case 'max':
      return realised(extreme(pool, Number.NEGATIVE_INFINITY, Math.max), samples);
    case 'min':
      return realised(extreme(pool, Number.POSITIVE_INFINITY, Math.min), samples);
    case 'p50':
    case 'p95':
    case 'p99':
      return { ...quantileEstimate(pool.sorted, PERCENT[statistic]), samples };
  }
}
