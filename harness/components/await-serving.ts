/** The wait for a server of ours that has just been started. */
import type { RunningProcess } from '../processes/run-process.ts';
import { waitUntil } from '../processes/wait.ts';

export interface AwaitServingOptions<T> {
  /** As a report names what did not happen in time: `Redis to accept connections`. */
  readonly waitingFor: string;
  /** What the server says when it serves; upper and lower case are alike. */
  readonly readyLine: string;
  /** Asks the server. It is asked again for as long as it throws. */
  readonly inspect: () => Promise<T>;
  /** Of the line, and again of the answer. */
  readonly timeout_ms: number;
  readonly signal: AbortSignal | undefined;
}

/** Resolves with what the server answers. It is stopped when that fails, or is aborted. Throws ProcessError. */
export async function awaitServing<T>(
  running: RunningProcess,
  { waitingFor, readyLine, inspect, timeout_ms, signal }: AwaitServingOptions<T>,
): Promise<T> {
  const abort = () => void running.stop();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    await running.waitForLine(new RegExp(readyLine, 'i'), { waitingFor, timeout_ms });
    const answer = await waitUntil(waitingFor, inspect, { timeout_ms, ...(signal === undefined ? {} : { signal }) });
    signal?.throwIfAborted(); // It is being stopped.
    return answer;
  } catch (error) {
    await running.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
