/** The slope of points by the medians and ranks of the slopes of all pairs: no distribution assumed, outliers do little. */
import { StatisticsInputError } from './input-error.ts';

/** In units of y per unit of x; a bound is null where so few points bound nothing. */
export interface SlopeEstimate {
  slope: number;
  low: number | null;
  high: number | null;
}

export interface Point {
  x: number;
  y: number;
}

/** P(D <= d) for d = 0, 1, …, by number of points; each is made once. */
const distributions = new Map<number, Float64Array>();

/**
 * P(D <= d) at index d, where D is the number of discordant pairs (Kendall's tau) among `count` points whose y do not
 * hang on x. Exact: the law of the inversions of a random permutation, the product of (1 + x + … + x^(i−1))/i.
 * Source: M. G. Kendall, Biometrika 30 (1938) 81-93; M. Hollander, D. Wolfe, E. Chicken, "Nonparametric Statistical
 * Methods" (3rd ed., 2014), §8.1.
 */
export function kendallDistribution(count: number): Float64Array {
  const known = distributions.get(count);
  if (known !== undefined) return known;
  const most = (count * (count - 1)) / 2;
  let law = new Float64Array(most + 1);
  law[0] = 1;
  for (let points = 2; points <= count; points++) {
    const next = new Float64Array(most + 1);
    for (let inversions = 0; inversions <= (points * (points - 1)) / 2; inversions++) {
      for (let added = 0; added < points && added <= inversions; added++) {
        next[inversions] = (next[inversions] as number) + (law[inversions - added] as number) / points;
      }
    }
    law = next;
  }
  for (let d = 1; d <= most; d++) law[d] = Math.min(1, (law[d] as number) + (law[d - 1] as number));
  distributions.set(count, law);
  return law;
}

/**
 * The Theil-Sen slope, the median of the slopes of all pairs, and the interval that covers the true slope with at least
 * `confidence` when the errors are independent and of one law, whatever that is; ties make it wider, never narrower.
 * Takes time and memory of the square of the points, the law of the bounds their fourth power: for tens of points.
 * Source: P. K. Sen, Journal of the American Statistical Association 63 (1968) 1379-1389; Hollander, Wolfe, Chicken,
 * §9.2 and §9.3, with the exact law in place of the normal one.
 * @throws StatisticsInputError for fewer than 2 points, an x that is there twice, or a confidence not inside (0, 1)
 */
export function theilSen(points: readonly Point[], confidence: number): SlopeEstimate {
  if (!(confidence > 0 && confidence < 1))
    throw new StatisticsInputError(`expected a confidence inside (0, 1), not ${confidence}`);
  const slopes = pairSlopes(points);
  const law = kendallDistribution(points.length);
  let rank = 0;
  while ((law[rank] as number) <= (1 - confidence) / 2) rank++;
  return {
    slope: middleOf(slopes),
    low: rank === 0 ? null : (slopes[rank - 1] as number),
    high: rank === 0 ? null : (slopes[slopes.length - rank] as number),
  };
}

/**
 * The Theil-Sen slope alone.
 * @throws StatisticsInputError as `theilSen`
 */
export function theilSenSlope(points: readonly Point[]): number {
  return middleOf(pairSlopes(points));
}

/** The mean of the two middle ones of ascending numbers, or the middle one. */
export function middleOf(sorted: Float64Array): number {
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] as number) / 2 + (sorted[Math.ceil(middle)] as number) / 2;
}

function pairSlopes(points: readonly Point[]): Float64Array {
  if (points.length < 2) throw new StatisticsInputError(`expected at least 2 points, not ${points.length}`);
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let next = 0;
  for (const [index, a] of points.entries()) {
    for (let other = 0; other < index; other++) {
      const b = points[other] as Point;
      if (a.x === b.x) throw new StatisticsInputError(`expected each x once, not ${a.x} twice`);
      // -0 is 0: which of the two came first must not show.
      slopes[next++] = (a.y - b.y) / (a.x - b.x) + 0;
    }
  }
  return slopes.sort();
}
