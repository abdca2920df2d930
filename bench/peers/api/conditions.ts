/** What all contenders are given alike: the data, the pages, the load. */
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { FULL, SMALL } from '../../../fixtures/evaluation-data/parameters.ts';

/** All the evaluations that TARS-1004 is measured on; of the other tables, which nobody reads here, a little. */
export const SIZE: DataSize = { ...SMALL, evaluations: FULL.evaluations, agents: FULL.agents };

/**
 * Drawn once for all contenders, by the law of the data. So few, because pgbench prepares a statement for each page on
 * each of its connections, and all of that must be over before it is measured.
 */
export const PAGES = 40;

/** pgbench's arrivals are Poisson's, so everybody's are. */
export const LOAD = {
  arrivals: { kind: 'poisson', rate_per_s: 100 },
  warmUp_ms: 4_000,
  duration_ms: 5_000,
  timeout_ms: 5_000,
  connections: 50,
} as const;

/** Of the floor, which answers within a ms. */
export const FLOOR_CONNECTIONS = 2;

/** How late a generator is on a busy machine is in everybody's latency alike, the floor's included: all count from the moment a request was due. */
export const LAG_MS_MAX = 1_000;
