/** A guardrail's verdict from its pairs: is the candidate worse than the baseline by more than the tolerance, or surely not. */
import type { Arm } from '../schema/entry.ts';
import type { Guardrail } from '../schema/promise.ts';
import type { Verdict } from '../schema/verdict.ts';
import { quantileOf } from '../statistics/quantile.ts';
import { signedRankP } from '../statistics/signed-rank.ts';
import { symmetryEvidence } from '../statistics/symmetry-sequence.ts';
import { EARLY_PART, FALSE_FAIL, FALSE_PASS } from './levels.ts';

const PERCENT = { p50: 50, p95: 95, p99: 99 } as const;

/** The statistic of one replicate on one arm, in the measure's unit; null without a sample. */
export function statisticOf({ statistic }: Guardrail, batches: readonly (readonly number[])[]): number | null {
  return quantileOf(batches, PERCENT[statistic]);
}

/**
 * ln(candidate / baseline) of one pair, turned so that above 0 is worse; null when an arm has no sample, or one whose
 * statistic is not above 0 and so has no ratio.
 */
export function logWorsening(
  { worse }: Guardrail,
  pair: Readonly<Record<Arm, number | null>> | undefined,
): number | null {
  const ratio = Math.log(pair?.candidate ?? 0) - Math.log(pair?.baseline ?? 0);
  if (!Number.isFinite(ratio)) return null;
  return worse === 'higher' ? ratio : -ratio;
}

/** The tolerance on the scale of `logWorsening`: ln 1.1 for 10 % higher, −ln 0.9 for 10 % lower. */
export function logTolerance({ worse, tolerance }: Guardrail): number {
  return worse === 'higher' ? Math.log1p(tolerance) : -Math.log1p(-tolerance);
}

/** p-values, valid at every look: of "it is within the tolerance" (small: fail) and "it is over it" (small: pass). */
export interface GuardrailEvidence {
  within: number;
  over: number;
}

/** `final`: these are all the pairs of the budget, so the one sharper look at its end is taken too. */
export function guardrailEvidence(promise: Guardrail, worsening: readonly number[], final: boolean): GuardrailEvidence {
  const tolerance = logTolerance(promise);
  const turned = worsening.map((difference) => -difference);
  const part = EARLY_PART.guardrail;
  const p = (differences: readonly number[], middle: number) => {
    const early = 1 / (symmetryEvidence(differences, middle) * part);
    return Math.min(1, early, final ? signedRankP(differences, middle) / (1 - part) : 1);
  };
  return { within: p(worsening, tolerance), over: p(turned, -tolerance) };
}

/**
 * `fail` at the level `failLevel`; `pass` when it is surely within the tolerance, which needs `minPairs`; in between
 * `inconclusive`, and `no-data` under `minPairs`.
 */
export function judgeGuardrail(
  { minPairs }: Guardrail,
  { within, over }: GuardrailEvidence,
  pairs: number,
  failLevel: number,
): Verdict {
  if (within <= failLevel) return 'fail';
  if (pairs < minPairs) return 'no-data';
  return over <= FALSE_PASS ? 'pass' : 'inconclusive';
}

/** The verdict at a look before the end of the budget. `guardrails` share the level evenly; Holm's rule at the end gives no less. */
export function earlyGuardrail(promise: Guardrail, worsening: readonly number[], guardrails: number): Verdict {
  const evidence = guardrailEvidence(promise, worsening, false);
  return judgeGuardrail(promise, evidence, worsening.length, FALSE_FAIL.guardrail / guardrails);
}
