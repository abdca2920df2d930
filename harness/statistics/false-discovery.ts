/** Several tests of which those that are believed are to be mostly right. */

/**
 * The level at which each of `ps` is to be held so that of those refuted (p at most that level) at most a share `rate` is
 * refuted by chance, on average; where every hypothesis is true, none is refuted but with probability `rate`. The largest
 * k·rate/m that k of the m p-values do not exceed; 0 when there is none.
 * Holds for p-values that are independent, or that go up together.
 * Source: Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300; Y. Benjamini,
 * D. Yekutieli, Annals of Statistics 29 (2001) 1165-1188 for the latter.
 */
export function falseDiscoveryLevel(ps: readonly number[], rate: number): number {
  const ascending = [...ps].sort((a, b) => a - b);
  const refuted = ascending.findLastIndex((p, index) => p <= ((index + 1) * rate) / ps.length) + 1;
  return refuted === 0 ? 0 : (refuted * rate) / ps.length;
}
