/** A clock that stands still until a test moves it. */
import type { Timings } from '../timings.ts';

interface Timer {
  due_ms: number;
  callback: () => void;
}

export class ManualTimings implements Timings {
  #now_ms = 1_000;
  readonly #timers = new Set<Timer>();

  now_ms(): number {
    return this.#now_ms;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer = { due_ms: this.#now_ms + ms, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the clock, calling back each timer at its own moment. */
  advance(ms: number): void {
    const end_ms = this.#now_ms + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.due_ms <= end_ms).sort((a, b) => a.due_ms - b.due_ms);
      if (!next) break;
      this.#timers.delete(next);
      this.#now_ms = Math.max(this.#now_ms, next.due_ms);
      next.callback();
    }
    this.#now_ms = end_ms;
  }
}
