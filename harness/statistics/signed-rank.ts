/** Where the middle of paired differences lies, by ranks: no distribution assumed but symmetry about that middle. */
import { StatisticsInputError } from './input-error.ts';

/** P(T <= t) for t = 0, 1, … of the signed-rank statistic under symmetry, by number of differences; each is made once. */
const distributions = new Map<number, Float64Array>();

/**
 * P(T <= t) at index t, where T is the sum of the ranks of the positive ones among `count` differences symmetric about 0.
 * Exact: each rank is in the sum with probability 1/2, so the law is the product of (1 + x^rank)/2.
 * Source: F. Wilcoxon, Biometrics Bulletin 1 (1945) 80-83; M. Hollander, D. Wolfe, E. Chicken, "Nonparametric
 * Statistical Methods" (3rd ed., 2014), §3.1.
 */
export function signedRankDistribution(count: number): Float64Array {
  const known = distributions.get(count);
  if (known !== undefined) return known;
  const most = (count * (count + 1)) / 2;
  const law = new Float64Array(most + 1);
  law[0] = 1;
  for (let rank = 1; rank <= count; rank++) {
    for (let t = (rank * (rank + 1)) / 2; t >= 0; t--) {
      law[t] = ((law[t] as number) + (t >= rank ? (law[t - rank] as number) : 0)) / 2;
    }
  }
  for (let t = 1; t <= most; t++) law[t] = Math.min(1, (law[t] as number) + (law[t - 1] as number));
  distributions.set(count, law);
  return law;
}

/** The means of all pairs of `differences`, each with itself too, ascending: what every bound below is picked from. */
export function walshAverages(differences: readonly number[]): Float64Array {
  const averages = new Float64Array((differences.length * (differences.length + 1)) / 2);
  let next = 0;
  for (const [index, a] of differences.entries()) {
    for (let other = 0; other <= index; other++) averages[next++] = a / 2 + (differences[other] as number) / 2;
  }
  return averages.sort();
}

/**
 * The Hodges-Lehmann estimate: the median of the Walsh averages.
 * Source: J. L. Hodges, E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598-611.
 * @throws StatisticsInputError for no differences
 */
export function hodgesLehmann(differences: readonly number[]): number {
  if (differences.length === 0) throw new StatisticsInputError('expected at least 1 difference, not 0');
  const averages = walshAverages(differences);
  const middle = (averages.length - 1) / 2;
  return (averages[Math.floor(middle)] as number) / 2 + (averages[Math.ceil(middle)] as number) / 2;
}

/**
 * The one-sided lower bound of the middle at level 1 − `alpha`, a Walsh average; null where so few differences bound
 * nothing (2^−n > alpha). For the upper bound negate the differences and the result. Ties make it wider, never narrower.
 * Source: J. W. Tukey (1949); Hollander, Wolfe, Chicken, §3.3.
 */
export function signedRankLowerBound(differences: readonly number[], alpha: number): number | null {
  const law = signedRankDistribution(differences.length);
  let rank = 0;
  while (rank < law.length && (law[rank] as number) <= alpha) rank++;
  return rank === 0 || differences.length === 0 ? null : (walshAverages(differences)[rank - 1] as number);
}

/**
 * The p-value of "the middle is at most `middle`": small when the differences lie above it. It is at most alpha exactly
 * when `signedRankLowerBound` at alpha is above `middle`. 1 for no differences.
 */
export function signedRankP(differences: readonly number[], middle: number): number {
  // The Walsh averages not above the middle are the rank sum of the differences on the other side (Tukey), ties against us.
  let notAbove = 0;
  for (const [index, a] of differences.entries()) {
    for (let other = 0; other <= index; other++) {
      if (a / 2 + (differences[other] as number) / 2 <= middle) notAbove++;
    }
  }
  return signedRankDistribution(differences.length)[notAbove] as number;
}
