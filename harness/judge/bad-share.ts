/** A limit on a quantile, a share or a mean, told as a limit on the share of the samples that is bad: what early looks bet on. */
import type { LimitPromise } from '../schema/promise.ts';
import { keeps } from './limit.ts';

export interface BadShare {
  /** From 0 to 1: a sample counts as bad wholly, not at all, or for a mean in part. */
  badness(value: number): number;
  /** The promise is broken when a larger share than this is bad. */
  allowed: number;
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * `p95 < 100` is broken when more than 5 % are not under 100, `p50 >= 7` when more than half are under 7, a share above
 * a threshold that must be `< 0.01` when more than 1 % are above it, a mean when they use more of their ceiling than its limit is. Undefined for counts and extremes: they are no
 * estimates, one value can break them and no number of values confirms them.
 */
export function badShareOf({
  statistic,
  threshold = Number.NaN,
  ceiling = Number.NaN,
  operator,
  limit,
}: LimitPromise): BadShare | undefined {
  const boundsAbove = operator.startsWith('<');
  switch (statistic) {
    case 'share-above':
      return boundsAbove
        ? { badness: (value) => Number(value > threshold), allowed: bounded(limit) }
        : { badness: (value) => Number(!(value > threshold)), allowed: bounded(1 - limit) };
    case 'mean':
      // A sample beyond the ceiling makes the gate an error, and its bet must not throw before.
      return boundsAbove
        ? { badness: (value) => bounded(value / ceiling), allowed: limit / ceiling }
        : { badness: (value) => bounded(1 - value / ceiling), allowed: 1 - limit / ceiling };
    case 'p50':
    case 'p95':
    case 'p99': {
      const below = QUANTILES[statistic];
      return { badness: (value) => Number(!keeps(value, operator, limit)), allowed: boundsAbove ? 1 - below : below };
    }
    default:
      return undefined;
  }
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
