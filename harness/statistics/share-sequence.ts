/**
 * The mean of shares in [0, 1], looked at after every one of them: evidence that holds at all looks at once.
 *
 * Bets against "the mean is at most m". Of each part of the capital a share f is staked on every next x lying above m:
 * it is multiplied by 1 − f + f·x/m, whose mean is at most 1 as long as E x <= m given what came before. So the capital
 * ever reaches 1/α with probability at most α (J. Ville, 1939), whatever the law of the shares and whatever goes on
 * inside of what each is a share of: requests within one replicate may depend on each other as they like.
 * It does not matter in which order the shares came, and the capital falls in m.
 * Source: I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024) 1-27,
 * arXiv 2010.09686, with a mixture over fixed f instead of a learnt one.
 */
import { StatisticsInputError } from './input-error.ts';

/** Stakes f and the part of the capital that each has; most goes to the boldest, which calls a plain breach first. */
const STAKES = [
  { stake: 1, part: 0.8 },
  { stake: 0.6, part: 0.08 },
  { stake: 0.3, part: 0.06 },
  { stake: 0.1, part: 0.06 },
] as const;

/**
 * The largest capital at any look so far in bets that the mean of `shares` is above `mean`; 1 for no shares. By Ville's
 * inequality 1 / it is a p-value at every look. For bets that it is below, give 1 − shares and 1 − mean.
 * @throws StatisticsInputError for a share or mean outside [0, 1]
 */
export function shareEvidence(shares: readonly number[], mean: number): number {
  return capitalOf(shares, mean).largest;
}

/**
 * The capital after the last bet, for shares that are looked at once. By Markov's inequality 1 / it is a p-value. Their order
 * does not matter, and they may have means of their own: it is then their average that is refuted, for a product of
 * 1 − f + f·mean_i/m is largest when all means are alike.
 */
export function finalShareEvidence(shares: readonly number[], mean: number): number {
  return capitalOf(shares, mean).final;
}

function capitalOf(shares: readonly number[], mean: number): { readonly largest: number; readonly final: number } {
  const wrong = [mean, ...shares].find((share) => !(share >= 0 && share <= 1));
  if (wrong !== undefined) throw new StatisticsInputError(`expected shares and a mean in [0, 1], not ${wrong}`);
  // Nothing can lie above 1; above 0 every share but 0 lies, and certainly.
  if (mean === 1) return { largest: 1, final: 1 };
  if (mean === 0) {
    const certain = shares.some((share) => share > 0) ? Number.POSITIVE_INFINITY : 1;
    return { largest: certain, final: certain };
  }
  const capitals = STAKES.map(({ part }) => part as number);
  let largest = 1;
  let final = 1;
  for (const share of shares) {
    let capital = 0;
    for (const [i, { stake }] of STAKES.entries()) {
      const now = (capitals[i] as number) * (1 - stake + (stake * share) / mean);
      capitals[i] = now;
      capital += now;
    }
    if (capital > largest) largest = capital;
    final = capital;
  }
  return { largest, final };
}

/** The largest mean that `shares` refute from above with this capital, by halving; null when they refute none. */
export function largestRefutedMean(
  shares: readonly number[],
  capital: number,
  evidence: typeof shareEvidence = shareEvidence,
): number | null {
  let low = 0;
  let high = 1;
  if (evidence(shares, low) < capital) return null;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (evidence(shares, middle) >= capital) low = middle;
    else high = middle;
  }
  return low;
}
