/** Waiting for a condition, with a name and a deadline. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What was waited for did not come in time. `cause` holds what the condition last threw, if it threw. */
export class WaitTimeoutError extends Error {
  readonly code = 'WAIT_TIMEOUT';
  override readonly name = 'WaitTimeoutError';
}

export interface WaitOptions {
  readonly timeout_ms: number;
  /** How long to rest between two looks. @default 50 */
  readonly interval_ms?: number;
  /** Gives up early, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Says what an unknown error says, for a message of our own. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(describeError).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Looks again and again until the condition gives something truthy, and resolves with that.
 * A condition that throws is not met yet; one that never answers is given up at the deadline like any other.
 * Throws WaitTimeoutError: "Waited 5000 ms for <name>".
 */
export async function waitUntil<T>(
  name: string,
  condition: () => T | Promise<T>,
  { timeout_ms, interval_ms = 50, signal }: WaitOptions,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  let cause: unknown;
  const over = Symbol('over');
  const timer = new AbortController();
  const stop = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal;
  const deadline = sleep(timeout_ms, over, { signal: stop });
  deadline.catch(() => {}); // Rejects when the wait is over in another way: nobody needs to know.
  try {
    for (;;) {
      signal?.throwIfAborted();
      const seen = await Promise.race([
        Promise.resolve()
          .then(condition)
          .catch((error: unknown) => {
            cause = error;
          }),
        deadline,
      ]);
      if (seen === over) break;
      if (seen) return seen as Exclude<T, undefined | null | false | 0 | ''>;
      if ((await Promise.race([sleep(interval_ms, undefined, { signal: stop }), deadline])) === over) break;
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    timer.abort();
  }
  const last = cause === undefined ? '' : `; the last look failed: ${describeError(cause)}`;
  throw new WaitTimeoutError(`Waited ${timeout_ms} ms for ${name}, in vain${last}`, { cause });
}
