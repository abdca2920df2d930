/** The change that a guardrail's pairs show, with its bounds, and the smallest one they could have shown. */
import type { Guardrail } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { hodgesLehmann, signedRankLowerBound } from '../statistics/signed-rank.ts';
import { studentQuantile } from '../statistics/student.ts';
import { symmetryLowerBound } from '../statistics/symmetry-sequence.ts';
import { logTolerance } from './guardrail.ts';
import { EARLY_PART, FALSE_PASS, finalLevel } from './levels.ts';

/** How sure `minimumDetectable` is to be called. */
const POWER = 0.95;
/** Of the signed-rank test against the t test on normal differences: 3/π (J. L. Hodges, E. L. Lehmann, 1956). */
const EFFICIENCY = 3 / Math.PI;

/**
 * The Hodges-Lehmann estimate as a relative change of the baseline. The bound on the worse side's inside holds at
 * `failLevel`, the other at the level of a false pass, each over all looks; see `EARLY_PART` for how both methods share it.
 */
export function changeOf(
  { worse }: Guardrail,
  worsening: readonly number[],
  final: boolean,
  failLevel: number,
): Estimate {
  const samples = worsening.length;
  if (samples === 0) return { value: null, low: null, high: null, samples };
  const bound = (differences: readonly number[], level: number) => {
    const early = symmetryLowerBound(differences, level * EARLY_PART.guardrail);
    const late = final ? signedRankLowerBound(differences, finalLevel(level, 'guardrail')) : null;
    return Math.max(early ?? Number.NEGATIVE_INFINITY, late ?? Number.NEGATIVE_INFINITY);
  };
  const least = bound(worsening, failLevel);
  const most = -bound(
    worsening.map((difference) => -difference),
    FALSE_PASS,
  );
  const middle = hodgesLehmann(worsening);
  const [low, value, high] = worse === 'higher' ? [least, middle, most] : [-most, -middle, -least];
  const change = (log: number) => (Number.isFinite(log) ? Math.expm1(log) : null);
  return { value: change(value), low: change(low), high: change(high), samples };
}

/**
 * The smallest relative change that so many pairs of this spread call a regression in 95 % of all runs at the end of the
 * budget; null when no pairs that few can. By the power of the t test on normal differences, lowered to the signed-rank
 * test's; the certificate holds it against simulation.
 * Source: M. Hollander, D. Wolfe, E. Chicken, "Nonparametric Statistical Methods" (3rd ed., 2014), §3.1 comment 15.
 */
export function detectable(promise: Guardrail, worsening: readonly number[], failLevel: number): number | null {
  const pairs = worsening.length;
  const level = finalLevel(failLevel, 'guardrail');
  if (pairs < 2 || 2 ** -pairs > level) return null;
  const mean = worsening.reduce((sum, difference) => sum + difference, 0) / pairs;
  const variance = worsening.reduce((sum, difference) => sum + (difference - mean) ** 2, 0) / (pairs - 1);
  const standardError = Math.sqrt(variance / (pairs * EFFICIENCY));
  const needed = studentQuantile(1 - level, pairs - 1) + studentQuantile(POWER, pairs - 1);
  const log = logTolerance(promise) + needed * standardError;
  return promise.worse === 'higher' ? Math.expm1(log) : Math.expm1(-log);
}
