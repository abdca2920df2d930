/** The short outages: how long each lasts and what its clients meet, drawn before anything runs. */
import type { FaultInput } from '../../harness/network/fault.ts';

/**
 * What begins an outage and what ends it. The server is away, and connecting is refused · its host ends connections in order
 * and is away · packets are lost: attempts hang, and TCP brings them through when the network is back.
 */
const NETWORKS: readonly Pick<PlannedOutage, 'begin' | 'end'>[] = [
  { begin: [{ kind: 'outage', how: 'refuse', current: 'rst' }], end: { kind: 'restore' } },
  { begin: [{ kind: 'outage', how: 'refuse', current: 'fin' }], end: { kind: 'restore' } },
  { begin: [{ kind: 'stall' }, { kind: 'cut', how: 'rst' }], end: { kind: 'heal', of: ['stall'] } },
];

/** Of each kind. */
const OUTAGES = 34;
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;

/** One begins so long after the other: a herd that returns at one moment is another promise. */
const EVERY_MS = 150;

export interface PlannedOutage {
  readonly begins_ms: number;
  readonly begin: readonly FaultInput[];
  readonly end: FaultInput;
  readonly length_ms: number;
}

/**
 * 34 outages of each kind. Their lengths are spread evenly over 0.5 to 10 s, one drawn in each 34th part of it: an average
 * over lengths then does not hang on which lengths chance picked.
 * @param random numbers in [0, 1)
 */
export function planOutages(random: () => number): PlannedOutage[] {
  const outages = Array.from({ length: OUTAGES }, (_, part) =>
    NETWORKS.map((network) => ({
      ...network,
      length_ms: SHORTEST_MS + ((LONGEST_MS - SHORTEST_MS) * (part + random())) / OUTAGES,
    })),
  ).flat();
  return outages.map((outage, index) => ({ ...outage, begins_ms: index * EVERY_MS }));
}
