/** The proxy's only source of time: passed in, so that a test can hold the clock and a run can replay. */
import { FaultProxyError } from './errors.ts';

export interface Timings {
  /** Monotonic time in milliseconds, with fractions. */
  now_ms(): number;
  /** Calls back once, not before `ms` milliseconds by a coarse clock; the proxy looks at `now_ms` again then. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The machine's monotonic clock and timers. */
export const realTimings: Timings = {
  now_ms: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** The longest time a Node timer can hold: 2^31 - 1 ms; a longer one fires at once. */
export const TIMER_MS_MAX = 2_147_483_647;

/** Resolves after `ms`, or at once when the signal aborts. */
export async function pause(timings: Timings, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      timings.clearTimeout(handle);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const handle = timings.setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/**
 * The promise's outcome, if it comes within `ms`.
 * @throws {FaultProxyError} `deadline-passed`, naming what was waited for.
 */
export async function within<T>(timings: Timings, name: string, ms: number, promise: Promise<T>): Promise<T> {
  let handle: unknown;
  const deadline = new Promise<never>((_, reject) => {
    handle = timings.setTimeout(() => {
      reject(new FaultProxyError('deadline-passed', `expected ${name} within ${ms} ms; it has not come`));
    }, ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    timings.clearTimeout(handle);
  }
}
