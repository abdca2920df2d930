/** One deadline for everything a run waits for in a worker. */
import { CheckError } from './check-definition.ts';

/** The longest time a timer can wait; a longer one would fire at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** Rejects when `promise` has not settled in time; whoever made it must clean up after itself. */
export async function before<T>(what: string, timeout_ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new CheckError('deadline', `expected that ${what} within ${timeout_ms} ms, it did not`)),
    timeout_ms,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
