/** The client's times, unless it is told otherwise. */
import type { ClientTimings } from '../release-parts.ts';

export const DEFAULT_TIMINGS: ClientTimings = {
  pingInterval_ms: 30_000,
  pongTimeout_ms: 10_000,
  missedPongs: 3,
  backoffBase_ms: 1_000,
  backoffCap_ms: 15_000,
  connectTimeout_ms: 10_000,
  stableAfter_ms: 5_000,
};
