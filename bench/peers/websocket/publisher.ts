/** Publishes numbered events at even distances until it is ended. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Publisher {
  /** The last event that the server has taken; 0 before the first. */
  readonly last: number;
  /** Resolves when the last one has been taken. Rejects with what made publishing fail. */
  readonly end: () => Promise<void>;
}

/** One event follows the other: a server that is slow to take one gets fewer, and none is told twice. */
export function startPublisher(
  publish: (number: number, signal: AbortSignal) => Promise<void>,
  { every_ms, signal }: { readonly every_ms: number; readonly signal: AbortSignal },
): Publisher {
  const ending = new AbortController();
  const over = AbortSignal.any([signal, ending.signal]);
  let last = 0;
  async function run() {
    const start_ms = performance.now();
    while (!over.aborted) {
      const due_ms = start_ms + last * every_ms;
      await wait(Math.max(0, due_ms - performance.now()), undefined, { signal: over }).catch(() => {});
      if (over.aborted) return;
      await publish(last + 1, signal);
      last += 1;
    }
  }
  const done = run();
  done.catch(() => {}); // Told by `end`.
  return {
    get last() {
      return last;
    },
    end() {
      ending.abort();
      return done;
    },
  };
}
