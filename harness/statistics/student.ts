/** Student's t distribution. */
import { inverseIncompleteBeta } from './incomplete-beta.ts';
import { StatisticsInputError } from './input-error.ts';

/**
 * The t below which a share `probability` of the distribution with `freedom` degrees lies.
 * Source: M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.1, by the incomplete beta.
 * @throws StatisticsInputError unless 0.5 <= probability < 1 and freedom > 0
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability >= 0.5 && probability < 1 && freedom > 0)) {
    throw new StatisticsInputError(
      `expected a probability in [0.5, 1) and a freedom above 0, not ${probability} and ${freedom}`,
    );
  }
  if (probability === 0.5) return 0;
  const x = inverseIncompleteBeta(2 * (1 - probability), freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}
