/** What all parts of one client work with: its times, limits, clock, random numbers and counters. */
import type { ClientLimits, ClientTimings } from '../release-parts.ts';
import { type ClientCounters, newCounters } from './client-metrics.ts';
import { type Clock, systemClock } from './clock.ts';
import { DEFAULT_CLIENT_LIMITS, DEFAULT_TIMINGS, withDefaults } from './timings.ts';

export interface ClientContext {
  readonly timings: ClientTimings;
  readonly limits: ClientLimits;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly counters: ClientCounters;
}

export interface ContextOptions {
  readonly timings?: Partial<ClientTimings> | undefined;
  readonly limits?: Partial<ClientLimits> | undefined;
  /** @default the system's */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) for the jitter of the waits. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** @throws {EventClientError} `bad-option` when a time or a limit makes no sense */
export function createContext(options: ContextOptions): ClientContext {
  return {
    timings: withDefaults(DEFAULT_TIMINGS, options.timings),
    limits: withDefaults(DEFAULT_CLIENT_LIMITS, options.limits),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    counters: newCounters(),
  };
}
