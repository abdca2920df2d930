/** Waiting for a server that is away: longer each time, and cut short when the service finishes. */
import { setTimeout as wait } from 'node:timers/promises';

export const backOff_ms_max = 2_000;

/** Waits 100 ms, 200 ms, … up to `backOff_ms_max` before attempt 1, 2, …; returns early when `signal` aborts. */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  await wait(Math.min(100 * 2 ** (attempt - 1), backOff_ms_max), undefined, { signal }).catch(() => {});
}
