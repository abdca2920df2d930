/**
 * Finds out that a connection is dead although nothing said so (graphql-ws#289).
 *
 * A ping goes out every `pingInterval_ms`, not only in silence: the server ends clients that it hears nothing from. Any
 * frame that comes in is life. A ping that stays unanswered for `pongTimeout_ms` is followed by the next at once, and
 * after `missedPongs` of them the connection is dead. The last wait is cut by a tenth, so that the verdict falls before
 * pingInterval + missedPongs × pongTimeout of silence: 59 s at the defaults, under the 60 s promised.
 *
 * A timer that fires late (sleep, a throttled tab) proves nothing about the peer, whose frames may still lie unread
 * (centrifuge-js#423): the connection then gets one more ping and one whole wait before the verdict, but only once.
 */
import type { ClientTimings } from '../release-parts.ts';
import type { Clock } from './clock.ts';

export class Heartbeat {
  readonly #timings: ClientTimings;
  readonly #clock: Clock;
  readonly #ping: (id: number) => void;
  readonly #dead: () => void;
  #timer: unknown;
  #due_ms = 0;
  #lastFrame_ms = 0;
  #lastPing_ms = 0;
  #unanswered = 0;
  #lastChance = false;
  #id = 0;

  constructor(timings: ClientTimings, clock: Clock, ping: (id: number) => void, dead: () => void) {
    this.#timings = timings;
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
  }

  start(): void {
    this.frame();
    this.#lastPing_ms = this.#lastFrame_ms;
    this.#arm(this.#timings.pingInterval_ms);
  }

  /** A frame came in. The timer is left as it is and looks at this when it fires. */
  frame(): void {
    this.#lastFrame_ms = this.#clock.now();
    this.#unanswered = 0;
    this.#lastChance = false;
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #arm(wait_ms: number): void {
    this.#due_ms = this.#clock.now() + wait_ms;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), wait_ms);
  }

  #fire(): void {
    const { pingInterval_ms, pongTimeout_ms, missedPongs } = this.#timings;
    const now_ms = this.#clock.now();
    const rest_ms = this.#lastPing_ms + pingInterval_ms - now_ms;
    if (this.#unanswered === 0 && rest_ms > 0) {
      this.#arm(rest_ms);
      return;
    }
    const late = now_ms - this.#due_ms > pongTimeout_ms;
    const spared = late && !this.#lastChance;
    if (this.#unanswered >= missedPongs && !spared) {
      this.#dead();
      return;
    }
    if (spared) {
      this.#lastChance = true;
      this.#unanswered = missedPongs - 1;
    }
    this.#unanswered += 1;
    this.#lastPing_ms = now_ms;
    this.#id += 1;
    this.#ping(this.#id);
    const isLast = this.#unanswered === missedPongs && !this.#lastChance;
    const verdict_ms = this.#lastFrame_ms + pingInterval_ms + (missedPongs - 0.1) * pongTimeout_ms;
    this.#arm(isLast ? Math.min(pongTimeout_ms, Math.max(0, verdict_ms - now_ms)) : pongTimeout_ms);
  }
}
