/**
 * Change points of a series: where what came before and what came after are of different laws, whatever these are.
 *
 * E-divisive: split where the energy distance of the two sides, weighted by their sizes, is largest; believe it when few
 * random orders of the values reach as much; then look again on either side.
 * Source: D. S. Matteson, N. A. James, Journal of the American Statistical Association 109 (2014) 334-345, with one
 * change a window and the mean over all pairs as in D. Daly et al., "The Use of Change Point Detection to Identify
 * Software Performance Regressions in a Continuous Integration System", ICPE 2020.
 */
import { StatisticsInputError } from './input-error.ts';

export interface ChangePointOptions {
  /** Numbers in [0, 1), for the random orders. */
  readonly random: () => number;
  /** In so large a share of series without a change one is found. @default 0.01 */
  readonly level?: number;
  /** Random orders for each decision, at most. @default 199 */
  readonly permutations?: number;
  /** Whether the first change had its test before, and needs none: see `changeProbability`. @default false */
  readonly firstIsKnown?: boolean;
}

/** So many orders that reach what was seen tell the rest. */
const REACHED_ENOUGH = 10;

/**
 * How likely a series without a change has one as marked as this series' most marked one, by random orders of its values:
 * a p-value, at least 1/(permutations + 1). Ends early for a series that has none.
 * Source of the early end: J. Besag, P. Clifford, Biometrika 78 (1991) 301-304.
 */
export function changeProbability(
  values: readonly number[],
  { random, permutations }: { readonly random: () => number; readonly permutations: number },
): number {
  const seen = largest(splitStatistics(values)).value;
  if (!(seen > 0)) return 1;
  let reached = 0;
  for (let n = 1; n <= permutations; n += 1) {
    if (largest(splitStatistics(shuffle(values, random))).value >= seen) reached += 1;
    if (reached === REACHED_ENOUGH) return reached / n;
  }
  return (reached + 1) / (permutations + 1);
}

/**
 * Ascending indices at which a new law begins; none for fewer than 2 values. Takes time of the square of the values, times
 * the permutations, for each change.
 * @throws StatisticsInputError for a value that is not finite, or a level outside (0, 1)
 */
export function changePoints(values: readonly number[], options: ChangePointOptions): number[] {
  const { random, level = 0.01, permutations = 199, firstIsKnown = false } = options;
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new StatisticsInputError(`expected finite values, not ${odd}`);
  if (!(level > 0 && level < 1)) throw new StatisticsInputError(`expected a level inside (0, 1), not ${level}`);
  const found: number[] = [];
  for (;;) {
    const bounds = [0, ...found, values.length];
    const windows = bounds.slice(1).map((end, index) => values.slice(bounds[index], end));
    const splits = windows.map((window) => largest(splitStatistics(window)));
    const best = largest(splits.map(({ value }) => value));
    if (!(best.value > 0)) return found;
    let reached = 1; // The order that was seen is one of them.
    const isRefuted = () => reached / (permutations + 1) > level;
    // Once too many have reached it, the others change nothing.
    const isKnown = firstIsKnown && found.length === 0;
    for (let n = 0; n < permutations && !isKnown && !isRefuted(); n += 1) {
      const shuffled = windows.map((window) => largest(splitStatistics(shuffle(window, random))).value);
      if (Math.max(...shuffled) >= best.value) reached += 1;
    }
    if (!isKnown && isRefuted()) return found;
    const split = (bounds[best.index] as number) + (splits[best.index] as { index: number }).index;
    found.push(split);
    found.sort((a, b) => a - b);
  }
}

/**
 * For each index, the statistic of a split before it: n·m/(n+m) times the energy distance of the n values before and the m
 * from there on; 0 at index 0.
 */
export function splitStatistics(values: readonly number[]): number[] {
  const total = values.length;
  const distance = (i: number, j: number) => Math.abs((values[i] as number) - (values[j] as number));
  let [before, across, after] = [0, 0, 0];
  for (let i = 0; i < total; i += 1) for (let j = i + 1; j < total; j += 1) after += distance(i, j);
  return values.map((_, n) => {
    const m = total - n;
    const energy = n === 0 ? 0 : (2 * across) / (n * m) - (2 * before) / n ** 2 - (2 * after) / m ** 2;
    // The value at n goes over to the other side.
    let [toBefore, toAfter] = [0, 0];
    for (let i = 0; i < n; i += 1) toBefore += distance(i, n);
    for (let i = n + 1; i < total; i += 1) toAfter += distance(n, i);
    before += toBefore;
    after -= toAfter;
    across += toAfter - toBefore;
    return ((n * m) / total) * energy;
  });
}

function largest(values: readonly number[]): { readonly index: number; readonly value: number } {
  let index = 0;
  for (const [at, value] of values.entries()) if (value > (values[index] as number)) index = at;
  return { index, value: values[index] ?? 0 };
}

/** Fisher and Yates. */
function shuffle(values: readonly number[], random: () => number): number[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as number, shuffled[last] as number];
  }
  return shuffled;
}
