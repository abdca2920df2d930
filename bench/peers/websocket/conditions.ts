/** What all contenders are given alike: the waits before they come back, the heartbeat, the load, the cuts. */

/**
 * Waits before an attempt: uniform below 1 s × 2ⁿ and at most 15 s, as ours are by default. README.md says which of
 * the others can be told that, and what they are told instead.
 */
export const BACKOFF = { base_ms: 1_000, factor: 2, cap_ms: 15_000 } as const;

/** How long a connection must hold before the waits start over, where the client has such an option. */
export const STABLE_AFTER_MS = 1_000;

export const CONNECT_TIMEOUT_MS = 10_000;

/** Of whoever pings: 30 s in ours as it ships, shortened so that each idle connection beats once while it is measured. */
export const HEARTBEAT = { interval_ms: 5_000, timeout_ms: 4_000 } as const;

export const CHANNEL = 'evaluations';

/** What each event carries: about what the news of one evaluation is. */
export interface FeedEvent {
  /** From 1, without a hole. */
  readonly number: number;
  readonly text: string;
}

export function feedEvent(number: number): FeedEvent {
  return { number, text: 'x'.repeat(200) };
}

export const RECOVERY = {
  clients: 60,
  event_every_ms: 50,
  /** From the last client's subscription to the cut: longer than `STABLE_AFTER_MS`. */
  before_ms: 1_500,
  /** Each outage is as long as a draw between these. */
  outage_ms: { min: 500, max: 3_000 },
  /** For the last one to be back, after which it is told as not back. Two waits of the longest such outage. */
  patience_ms: 20_000,
  /** Events after the last one is back, so that a hole behind it would show. */
  after_ms: 500,
} as const;

export const IDLE = {
  clients: 1_000,
  /** Between the last connection and the first measurement. */
  settle_ms: 1_000,
  window_ms: HEARTBEAT.interval_ms,
} as const;
