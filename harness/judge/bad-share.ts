/** A limit on a quantile or a share, told as a limit on the share of samples that are bad: what early looks bet on. */
import type { LimitPromise } from '../schema/promise.ts';
import { keeps } from './limit.ts';

export interface BadShare {
  isBad(value: number): boolean;
  /** The promise is broken when a larger share than this is bad. */
  allowed: number;
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * `p95 < 100` is broken when more than 5 % are not under 100, `p50 >= 7` when more than half are under 7, a share above
 * a threshold that must be `< 0.01` when more than 1 % are above it. Undefined for counts and extremes: they are no
 * estimates, one value can break them and no number of values confirms them.
 */
export function badShareOf({ statistic, threshold = Number.NaN, operator, limit }: LimitPromise): BadShare | undefined {
  const boundsAbove = operator.startsWith('<');
  switch (statistic) {
    case 'share-above':
      return boundsAbove
        ? { isBad: (value) => value > threshold, allowed: bounded(limit) }
        : { isBad: (value) => !(value > threshold), allowed: bounded(1 - limit) };
    case 'p50':
    case 'p95':
    case 'p99': {
      const below = QUANTILES[statistic];
      return { isBad: (value) => !keeps(value, operator, limit), allowed: boundsAbove ? 1 - below : below };
    }
    default:
      return undefined;
  }
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
