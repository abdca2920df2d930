/** How many of a crowd come at once. */

/** The most events in any window of this length that begins with one, as a rate a second; 0 without events. */
export function busiestRate_per_s(times_ms: readonly number[], window_ms: number): number {
  const sorted = [...times_ms].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [last, at_ms] of sorted.entries()) {
    while (at_ms - (sorted[first] as number) >= window_ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return (most * 1_000) / window_ms;
}
