/** The longest time without a commit: what a table that is locked for a moment shows, and no average does. */

/** A stretch of time, in milliseconds of one clock. */
export interface Span {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Within the span, its ends included: one without a commit is a gap as long as itself. `commits_ms` ascend. */
export function longestGap_ms(commits_ms: readonly number[], { from_ms, to_ms }: Span): number {
  const within = commits_ms.filter((at_ms) => at_ms > from_ms && at_ms < to_ms);
  const edges = [from_ms, ...within, to_ms];
  return Math.max(...edges.slice(1).map((at_ms, index) => at_ms - (edges[index] as number)));
}

const LEAST_ms = 250;
const TIMES_QUIET = 3;

/** How long a gap may be: three times the longest that is there anyway, and never under 250 ms (TARS-1004). */
export function gapLimit_ms(commits_ms: readonly number[], quiet: readonly Span[]): number {
  return Math.max(LEAST_ms, ...quiet.map((span) => TIMES_QUIET * longestGap_ms(commits_ms, span)));
}
