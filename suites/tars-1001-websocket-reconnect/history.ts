/** What a client missed, and whether it was told of it: its events and gaps held against the ledger. */
import type { LedgerEntry } from '../../fixtures/commit-ledger.ts';
import type { Delivery } from '../../fixtures/deliveries.ts';

/** After how many received events something is missing: places at which the next event, or the end, is not what was due. */
export function holesIn(due: readonly Pick<LedgerEntry, 'id'>[], received: readonly Pick<Delivery, 'id'>[]): number[] {
  const position = new Map(due.map(({ id }, index) => [id, index]));
  const holes: number[] = [];
  let next = 0;
  for (const [after, { id }] of received.entries()) {
    const index = position.get(id) ?? next;
    if (index > next) holes.push(after);
    next = Math.max(next, index + 1);
  }
  if (next < due.length) holes.push(received.length);
  return holes;
}

/**
 * What was not told as it is: holes without a gap at their very place, and gaps without a hole there.
 * @param beganAnew the log was replaced by another, which nobody can vouch for: a gap is then due, whatever was missed, and
 * stands anywhere
 */
export function untold(holes: readonly number[], gaps: readonly number[], beganAnew: boolean): number {
  const hidden = holes.filter((hole) => !gaps.includes(hole)).length;
  if (beganAnew) return hidden + (gaps.length === 0 ? 1 : 0);
  return hidden + gaps.filter((gap) => !holes.includes(gap)).length;
}
