/**
 * How many logins are looked into at the same time. A verification takes a thread of Node's pool of four for about 50 ms
 * on purpose; everything else needs the pool as well.
 */
import { Problem, unavailable } from './problem-details.ts';

/** Verifications at work. */
const working_max = 2;
/** Verifications at work or waiting. */
const admitted_max = 16;
/** Of one remote address, so that one client does not lock out the others. Behind a proxy all share one. */
const perAddress_max = 4;

export class LoginLimits {
  readonly #admitted = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #admittedCount = 0;
  #working = 0;

  /**
   * Runs `verify` when it is its turn.
   * @throws Problem `too-many-requests` when the address has its share, `unavailable` when all together have theirs
   */
  async run<T>(address: string, verify: () => Promise<T>): Promise<T> {
    const own = this.#admitted.get(address) ?? 0;
    if (own >= perAddress_max) {
      throw new Problem('too-many-requests', `${perAddress_max} logins from this address are being looked into`, {
        headers: { 'retry-after': '1' },
      });
    }
    if (this.#admittedCount >= admitted_max) throw unavailable('too many logins at the same time');
    this.#admitted.set(address, own + 1);
    this.#admittedCount += 1;
    if (this.#working < working_max) this.#working += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await verify();
    } finally {
      this.#leave(address);
    }
  }

  #leave(address: string): void {
    const rest = (this.#admitted.get(address) ?? 1) - 1;
    if (rest === 0) this.#admitted.delete(address);
    else this.#admitted.set(address, rest);
    this.#admittedCount -= 1;
    // The next takes this one's place at work.
    const next = this.#waiting.shift();
    if (next === undefined) this.#working -= 1;
    else next();
  }
}
