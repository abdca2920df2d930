/** How long to wait before the next attempt: exponential with full jitter (AWS, "Exponential Backoff and Jitter"). */
export class Backoff {
  readonly #base_ms: number;
  readonly #cap_ms: number;
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives numbers in [0, 1). */
  constructor(base_ms: number, cap_ms: number, random: () => number) {
    this.#base_ms = base_ms;
    this.#cap_ms = cap_ms;
    this.#random = random;
  }

  /** Uniform below base × 2ⁿ for the n-th failure in a row, or below `spread_ms` if that is more, and below the cap. */
  next_ms(spread_ms = 0): number {
    const own_ms = Math.min(this.#cap_ms, this.#base_ms * 2 ** this.#failures);
    const ceiling_ms = Math.max(own_ms, Math.min(this.#cap_ms, spread_ms));
    this.#failures += 1;
    return this.#random() * ceiling_ms;
  }

  /** Uniform below the base: for whom something told that waiting longer is of no use. Counts as no failure. */
  soon_ms(): number {
    return this.#random() * Math.min(this.#base_ms, this.#cap_ms);
  }

  reset(): void {
    this.#failures = 0;
  }
}
