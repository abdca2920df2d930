/** Labels at the ends of lines. */

/** Less than this between two lines of text, and neither can be read. */
const LINE_PX = 14;

/** Moves labels so far from each other, downwards, that all can be read; their order stays. */
export function apart(positions: readonly number[]): number[] {
  const order = positions.map((_, i) => i).toSorted((a, b) => (positions[a] as number) - (positions[b] as number));
  const moved = [...positions];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(moved[i] as number, last + LINE_PX);
    moved[i] = last;
  }
  return moved;
}
