/** Waiting for a server that is away: longer each time, and cut short when the service finishes. */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits 100 ms, 200 ms, … up to `most_ms` before attempt 1, 2, …; returns early when `signal` aborts. */
export async function backOff(attempt: number, most_ms: number, signal: AbortSignal): Promise<void> {
  await wait(Math.min(100 * 2 ** (attempt - 1), most_ms), undefined, { signal }).catch(() => {});
}
