/** What was wrong with the delivery of each committed event, over all viewers and channels it was due to. */
import { channelsOf } from '../../fixtures/audience.ts';
import type { LedgerEntry } from '../../fixtures/commit-ledger.ts';
import { compareDeliveries, countFlaws, type Delivery } from '../../fixtures/deliveries.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import type { Seat } from './seats.ts';

export interface Weighed {
  /** For each event, in the order of the ledger. */
  readonly flaws: number[];
  /** Arrivals of what was never committed. */
  readonly unknown: number;
}

/** At the end, when what has not arrived will not arrive any more. */
export function weigh(seats: readonly Seat[], due: readonly LedgerEntry[]): Weighed {
  return weighUpTo(seats, due, (_viewer, expected) => expected.length);
}

/**
 * While events are on their way: only what nothing that comes can mend. What is missing behind a later event is out of
 * order even if it comes, and to a viewer that has given up nothing comes.
 */
export function weighForCertain(seats: readonly Seat[], due: readonly LedgerEntry[]): Weighed {
  return weighUpTo(seats, due, (viewer, expected, received) => {
    if (viewer.over) return expected.length;
    const arrived = new Set(received.map(({ id }) => id));
    return expected.findLastIndex(({ id }) => arrived.has(id)) + 1;
  });
}

export function dueOn(channel: string, due: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return channel === 'evaluations' ? due : due.filter((entry) => channel === channelsOf(entry.agentId)[1]);
}

/** `reach`: how many of what was expected on a channel are to be held against what arrived there. */
function weighUpTo(
  seats: readonly Seat[],
  due: readonly LedgerEntry[],
  reach: (viewer: Viewer, expected: readonly LedgerEntry[], received: readonly Delivery[]) => number,
): Weighed {
  const flaws = new Map(due.map((entry) => [entry.id, 0]));
  let unknown = 0;
  for (const { viewer } of seats) {
    for (const [channel, received] of viewer.received) {
      const all = dueOn(channel, due);
      const expected = all.slice(0, reach(viewer, all, received));
      const comparison = compareDeliveries(expected, received);
      unknown += comparison.unknown;
      for (const [index, entry] of expected.entries()) {
        const own = comparison.flaws[index];
        if (own !== undefined) flaws.set(entry.id, (flaws.get(entry.id) ?? 0) + countFlaws(own));
      }
    }
  }
  return { flaws: [...flaws.values()], unknown };
}
