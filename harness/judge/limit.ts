/** One estimate against one limit. */
import type { Operator, Statistic } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';

export interface Limit {
  statistic: Statistic;
  operator: Operator;
  limit: number;
  minSamples: number;
}

export function keeps(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/**
 * The interval wholly inside the limit is `pass`, wholly outside `fail`; straddling it is `marginal` when the point
 * estimate keeps the limit and `inconclusive` when it does not. An open side reaches to infinity. When not all samples
 * are there, or fewer than `minSamples`, only a breach that no further sample could undo counts; else `no-data`.
 */
export function judgeLimit(rule: Limit, estimate: Estimate, allThere = true): Verdict {
  if (estimate.value === null) return 'no-data';
  const enough = allThere && estimate.samples >= rule.minSamples;
  const low = estimate.low ?? Number.NEGATIVE_INFINITY;
  const high = estimate.high ?? Number.POSITIVE_INFINITY;
  const [best, worst] = boundsAbove(rule.operator) ? [low, high] : [high, low];
  if (!keeps(best, rule.operator, rule.limit)) return enough || breachStands(rule, allThere) ? 'fail' : 'no-data';
  if (!enough) return 'no-data';
  if (keeps(worst, rule.operator, rule.limit)) return 'pass';
  return keeps(estimate.value, rule.operator, rule.limit) ? 'marginal' : 'inconclusive';
}

function boundsAbove(operator: Operator): boolean {
  return operator === '<' || operator === '<=';
}

/**
 * A count or a maximum over its limit stays over it whatever else is seen; one still short of a lower bound may reach it.
 * Shares and quantiles have the number of samples in their interval, but samples that are missing are no random part of
 * all: the slow start may be there and the rest lost. So their breach stands only when all of them are there.
 */
function breachStands({ statistic, operator }: Limit, allThere: boolean): boolean {
  if (statistic === 'count-above' || statistic === 'max') return boundsAbove(operator);
  return statistic === 'min' ? !boundsAbove(operator) : allThere;
}
