/** What a client counts. */
import type { ClientMetrics } from '../release-parts.ts';

export type ClientCounters = { -readonly [K in Exclude<keyof ClientMetrics, 'reconnects'>]: number };

export function newCounters(): ClientCounters {
  return {
    attempts: 0,
    connections: 0,
    events: 0,
    duplicates: 0,
    gaps: 0,
    overflows: 0,
    handlerFailures: 0,
    pings: 0,
    missedPongs: 0,
  };
}

/** The counters as they stand, with what follows from them. */
export function snapshot(counters: ClientCounters): ClientMetrics {
  return { ...counters, reconnects: Math.max(0, counters.connections - 1) };
}
