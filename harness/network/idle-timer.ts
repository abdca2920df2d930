/** Says when nothing has happened for a while. Re-armed when it expires, not at every byte. */
import type { Timings } from './timings.ts';

export class IdleTimer {
  readonly #timings: Timings;
  readonly #onIdle: () => void;
  #limit_ms: number | undefined;
  #last_ms: number;
  #handle: unknown;

  constructor(timings: Timings, onIdle: () => void) {
    this.#timings = timings;
    this.#onIdle = onIdle;
    this.#last_ms = timings.now_ms();
  }

  /** Fires once when the last `touch` is `ms` or more ago. */
  start(ms: number): void {
    this.stop();
    this.#limit_ms = ms;
    this.#look();
  }

  touch(): void {
    this.#last_ms = this.#timings.now_ms();
  }

  stop(): void {
    this.#timings.clearTimeout(this.#handle);
    this.#limit_ms = undefined;
  }

  #look(): void {
    if (this.#limit_ms === undefined) return;
    const rest_ms = this.#last_ms + this.#limit_ms - this.#timings.now_ms();
    if (rest_ms > 0) {
      this.#handle = this.#timings.setTimeout(() => this.#look(), Math.ceil(rest_ms));
      return;
    }
    this.#limit_ms = undefined;
    this.#onIdle();
  }
}
