/** The client's times and limits, unless it is told otherwise; and whether what it is told makes sense. */
import type { ClientLimits, ClientTimings } from '../release-parts.ts';
import { EventClientError } from './client-error.ts';

export const DEFAULT_TIMINGS: ClientTimings = {
  pingInterval_ms: 30_000,
  pongTimeout_ms: 10_000,
  missedPongs: 3,
  backoffBase_ms: 1_000,
  backoffCap_ms: 15_000,
  connectTimeout_ms: 10_000,
  stableAfter_ms: 5_000,
  renewBefore_ms: 60_000,
  handlerTimeout_ms: 30_000,
};

export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  maxQueued: 10_000,
  maxQueued_bytes: 4_194_304,
  maxChannels: 1_000,
  handlerAttempts: 3,
  limitedRetries: 5,
};

/** `setTimeout` fires at once when it is given more. */
export const NUMBER_max = 2 ** 31 - 1;

/**
 * The defaults, overridden by what is given.
 * @throws {EventClientError} `bad-option` for a name that is not there, or a value that is no number from 1 to 2^31 - 1, whole unless it is a time
 */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> = {}): T {
  for (const [name, value] of Object.entries(given)) {
    const isNumber = name.endsWith('_ms') ? typeof value === 'number' : Number.isInteger(value);
    if (name in defaults && isNumber && (value as number) >= 1 && (value as number) <= NUMBER_max) continue;
    const expected = name in defaults ? `a number from 1 to ${NUMBER_max}` : `one of ${Object.keys(defaults)}`;
    throw new EventClientError('bad-option', `${name}: expected ${expected}, got ${value}`);
  }
  return { ...defaults, ...given };
}
