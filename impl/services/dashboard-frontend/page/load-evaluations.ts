/** Loads the evaluations of all agents from the API, and tries again until that is done. */
import { ApiError, agentIds, evaluationsOf } from './api.ts';
import { type Evaluation, merge } from './evaluations.ts';

/** Requests at the same time. */
const AT_ONCE = 4;
const WAIT_MS = 1_000;
const WAIT_MS_MAX = 15_000;

/** Nothing comes of asking again: the token is refused, or the request is wrong. */
function isFinal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && error.status !== 408 && error.status !== 429;
}

/**
 * The newest of all agents. While the API cannot be reached or cannot serve it is asked again, after waits that double
 * from 1 s to 15 s with full jitter.
 * @param token gives the newest @param failed hears why an attempt failed that is repeated @throws ApiError that is final, or the signal's reason
 */
export async function loadEvaluations(
  token: () => string,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<readonly Evaluation[]> {
  for (let wait_ms = WAIT_MS; ; wait_ms = Math.min(WAIT_MS_MAX, 2 * wait_ms)) {
    try {
      return await loadOnce(token(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isFinal(error)) throw error;
      failed(error);
    }
    await pause(Math.random() * wait_ms, signal);
  }
}

/** The API gives evaluations by agent only. */
async function loadOnce(token: string, signal: AbortSignal): Promise<readonly Evaluation[]> {
  const waiting = await agentIds(token, signal);
  let loaded: readonly Evaluation[] = [];
  const work = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const own = await evaluationsOf(id, token, signal);
      loaded = merge(loaded, own);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return loaded;
}

function pause(duration_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, duration_ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
