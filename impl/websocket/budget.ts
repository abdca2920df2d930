/** An allowance that is used up one by one and comes back with time: a token bucket. */
export class Budget {
  readonly #size: number;
  readonly #refill_ms: number;
  readonly #now: () => number;
  #left: number;
  #counted_ms: number;

  /** `size` are there at first and at most; one comes back every `refill_ms`. `now` gives monotonic milliseconds. */
  constructor(size: number, refill_ms: number, now = () => performance.now()) {
    this.#size = size;
    this.#refill_ms = refill_ms;
    this.#now = now;
    this.#left = size;
    this.#counted_ms = now();
  }

  /** Takes one; false if none is left. */
  take(): boolean {
    const now_ms = this.#now();
    this.#left = Math.min(this.#size, this.#left + (now_ms - this.#counted_ms) / this.#refill_ms);
    this.#counted_ms = now_ms;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
