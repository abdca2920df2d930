/** Several tests that share one level. */

/**
 * The level at which each of `ps` is to be held so that the chance of any false alarm among them is at most `alpha`,
 * however they depend on each other: p is refuted exactly when it is at most its level. The smallest p is held at
 * alpha/m, the next at alpha/(m − 1), and so on; from the first that is not refuted on, all at that one's level.
 * p-values that hold at every look may be given at any moment, also at one chosen by looking at them.
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
 */
export function holmLevels(ps: readonly number[], alpha: number): number[] {
  const levels = new Array<number>(ps.length);
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let refuted = 0;
  for (const { p, index } of order) {
    const level = alpha / (ps.length - refuted);
    levels[index] = level;
    if (p <= level) refuted++;
    else break;
  }
  return Array.from(levels, (level) => level ?? alpha / (ps.length - refuted));
}
