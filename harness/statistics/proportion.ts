/** The interval of a share, exact for independent samples: what `k` of `n` says about the share in all such. */
import { inverseIncompleteBeta } from './incomplete-beta.ts';
import { StatisticsInputError } from './input-error.ts';

export const CONFIDENCE = 0.95;

/**
 * The two-sided Clopper-Pearson interval of `successes` out of `trials`; both are shares in [0, 1].
 * It covers at least `confidence` (default 0.95) of independent trials whatever the true share is: (1 − confidence)/2 is left out on either side.
 * For 0 of n it is [0, 1 − ((1 − confidence)/2)^(1/n)].
 * Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404-413; the beta form is in Johnson, Kotz, Kemp,
 * "Univariate Discrete Distributions", §3.8.3.
 * @throws StatisticsInputError unless 0 <= successes <= trials, trials >= 1, both whole, and 0 < confidence < 1
 */
export function clopperPearson(
  successes: number,
  trials: number,
  confidence: number = CONFIDENCE,
): { low: number; high: number } {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!whole || successes < 0 || successes > trials || trials < 1 || !(confidence > 0 && confidence < 1)) {
    throw new StatisticsInputError(
      `expected 0 <= successes <= trials, trials >= 1 and a confidence inside (0, 1), not ${successes} of ${trials} at ${confidence}`,
    );
  }
  const tail = (1 - confidence) / 2;
  const failures = trials - successes;
  const low = () => {
    if (successes === 0) return 0;
    if (failures === 0) return tail ** (1 / trials);
    return inverseIncompleteBeta(tail, successes, failures + 1);
  };
  const high = () => {
    if (failures === 0) return 1;
    if (successes === 0) return -Math.expm1(Math.log(tail) / trials);
    return inverseIncompleteBeta(1 - tail, successes + 1, failures);
  };
  return { low: low(), high: high() };
}
