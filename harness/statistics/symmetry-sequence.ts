/**
 * The middle of paired differences, looked at after every pair: bounds that hold at all looks at once.
 *
 * Bets against "the middle is at most θ". Before each difference D a share λ of the capital is staked on D lying above
 * θ: the capital is multiplied by 1 + λ·ψ, ψ = (D − θ)/s clipped to [−1, 1], where the scale s is known before D is.
 * If D is symmetric about a middle at or below θ given what came before, E ψ <= 0, so no stake gains on average, and the
 * capital ever reaches 1/α with probability at most α (J. Ville, 1939). Nothing else is assumed: no moments, no common
 * law, no independence of size. The capital falls in θ, so the θ it refutes are those under a bound.
 * Sources: V. de la Peña, Annals of Probability 27 (1999) 537-564 (symmetric differences); I. Waudby-Smith, A. Ramdas,
 * JRSS B 86 (2024) 1-27 (betting); A. Ramdas et al., Statistical Science 38 (2023) 576-601 (mixtures of bets).
 */

/**
 * Stakes and the part of the capital that each has. Most of it stakes everything: no valid bet grows faster than doubling,
 * and so 8 pairs out of 8 refute at 0.005. The others live on when one difference goes the other way.
 */
const STAKES = [
  { stake: 1, part: 0.8 },
  { stake: 0.9, part: 0.1 },
  { stake: 0.6, part: 0.05 },
  { stake: 0.3, part: 0.05 },
] as const;

/** From so many differences on the scale is their spread; before that only the side counts. */
const LEAST_FOR_SCALE = 3;
/** Makes the median absolute deviation of a normal law its standard deviation. */
const MAD_TO_SD = 1.4826;

/**
 * The largest capital at any look so far in bets that the middle is above `middle`; 1 for no differences. By Ville's
 * inequality 1 / it is a p-value at every look.
 */
export function symmetryEvidence(differences: readonly number[], middle: number): number {
  return largestCapital(differences, scalesOf(differences), middle);
}

/**
 * The one-sided lower bound of the middle at level 1 − `alpha` for all looks at once; null when nothing is refuted yet.
 * For the upper bound negate the differences and the result. Found by halving, to the last bits.
 */
export function symmetryLowerBound(differences: readonly number[], alpha: number): number | null {
  const scales = scalesOf(differences);
  const refuted = (middle: number) => largestCapital(differences, scales, middle) >= 1 / alpha;
  const spread = Math.max(...scales, 0);
  // So far down every difference counts as wholly above.
  const least = Math.min(...differences);
  let low = least - Math.max(spread, Math.abs(least), Number.MIN_VALUE);
  let high = Math.max(...differences);
  if (differences.length === 0 || !refuted(low)) return null;
  for (let step = 0; step < 100 && low < high; step++) {
    const middle = low / 2 + high / 2;
    if (middle === low || middle === high) break;
    if (refuted(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function largestCapital(differences: readonly number[], scales: readonly number[], middle: number): number {
  const capitals = STAKES.map(({ part }) => part as number);
  let largest = 1;
  for (const [index, difference] of differences.entries()) {
    const side = clipped(difference - middle, scales[index] as number);
    let capital = 0;
    for (const [i, { stake }] of STAKES.entries()) {
      const now = (capitals[i] as number) * (1 + stake * side);
      capitals[i] = now;
      capital += now;
    }
    if (capital > largest) largest = capital;
  }
  return largest;
}

/** A tie counts against the bet, as everywhere in the harness. */
function clipped(distance: number, scale: number): number {
  if (scale === 0) return distance > 0 ? 1 : -1;
  return Math.min(1, Math.max(-1, distance / scale));
}

/** For each difference the spread of those before it (MAD, as a standard deviation); 0 while there are too few. */
function scalesOf(differences: readonly number[]): number[] {
  const sorted: number[] = [];
  return differences.map((difference) => {
    const scale = sorted.length < LEAST_FOR_SCALE ? 0 : MAD_TO_SD * medianDeviation(sorted);
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1] as number) > difference) at--;
    sorted.splice(at, 0, difference);
    return scale;
  });
}

/** The median distance of ascending numbers from their (lower) median, merged outwards from it. */
function medianDeviation(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) >> 1;
  const median = sorted[middle] as number;
  let below = middle - 1;
  let above = middle + 1;
  let distance = 0;
  for (let taken = 1; taken <= middle; taken++) {
    const down = below >= 0 ? median - (sorted[below] as number) : Number.POSITIVE_INFINITY;
    const up = above < sorted.length ? (sorted[above] as number) - median : Number.POSITIVE_INFINITY;
    if (down <= up) below--;
    else above++;
    distance = Math.min(down, up);
  }
  return distance;
}
