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
 * Whoever has heard that the network or the page came back may have it asked at once (`probe`): a dead connection is
 * then found after one `pongTimeout_ms`, a healthy one answers and stays.
 */
import type { ClientTimings } from '../release-parts.ts';
import type { Clock } from './clock.ts';

export class Heartbeat {
  readonly #timings: ClientTimings;
  readonly #clock: Clock;
  readonly #ping: (id: number) => void;
  readonly #dead: () => void;
  readonly #missed: () => void;
  #timer: unknown;
  #due_ms = 0;
  #lastFrame_ms = 0;
  #lastPing_ms = 0;
  #unanswered = 0;
  #lastChance = false;
  #running = false;
  #id = 0;

  /** `missed` is told of each ping that no frame followed in time, `dead` of the verdict. */
  constructor(
    timings: ClientTimings,
    clock: Clock,
    ping: (id: number) => void,
    dead: () => void,
    missed: () => void = () => {},
  ) {
    this.#timings = timings;
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
    this.#missed = missed;
  }

  start(): void {
    this.frame();
    this.#lastPing_ms = this.#lastFrame_ms;
    this.#running = true;
    this.#arm(this.#timings.pingInterval_ms);
  }

  /** Asks now whether the connection lives, once until it is known. Never later than it would have been known anyway. */
  probe(): void {
    if (!this.#running || this.#lastChance) return;
    this.#clock.clearTimeout(this.#timer);
    const wasAsleep = this.#isLate;
    this.#lastChance = true;
    this.#unanswered = this.#timings.missedPongs;
    this.#send();
    const { pongTimeout_ms } = this.#timings;
    const rest_ms = this.#verdict_ms - this.#clock.now();
    this.#arm(wasAsleep ? pongTimeout_ms : Math.max(0, Math.min(pongTimeout_ms, rest_ms)));
  }

  /** A frame came in. The timer is left as it is and looks at this when it fires. */
  frame(): void {
    this.#lastFrame_ms = this.#clock.now();
    this.#unanswered = 0;
    this.#lastChance = false;
  }

  stop(): void {
    this.#running = false;
    this.#clock.clearTimeout(this.#timer);
  }

  #arm(wait_ms: number): void {
    this.#due_ms = this.#clock.now() + wait_ms;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), wait_ms);
  }

  /** Its timer should have fired so long ago that the process or the tab must have slept. */
  get #isLate(): boolean {
    return this.#clock.now() - this.#due_ms > this.#timings.pongTimeout_ms;
  }

  /** When a connection that stays silent is dead. */
  get #verdict_ms(): number {
    const { pingInterval_ms, pongTimeout_ms, missedPongs } = this.#timings;
    return this.#lastFrame_ms + pingInterval_ms + (missedPongs - 0.1) * pongTimeout_ms;
  }

  #fire(): void {
    const { pingInterval_ms, pongTimeout_ms, missedPongs } = this.#timings;
    const now_ms = this.#clock.now();
    const rest_ms = this.#lastPing_ms + pingInterval_ms - now_ms;
    if (this.#unanswered === 0 && rest_ms > 0) {
      this.#arm(rest_ms);
      return;
    }
    if (this.#unanswered > 0) this.#missed();
    const spared = this.#isLate && !this.#lastChance;
    if (this.#unanswered >= missedPongs && !spared) {
      this.#running = false;
      this.#dead();
      return;
    }
    if (spared) {
      this.#lastChance = true;
      this.#unanswered = missedPongs - 1;
    }
    this.#unanswered += 1;
    this.#send();
    const isLast = this.#unanswered === missedPongs && !this.#lastChance;
    const verdict_ms = this.#verdict_ms;
    this.#arm(isLast ? Math.min(pongTimeout_ms, Math.max(0, verdict_ms - now_ms)) : pongTimeout_ms);
  }

  #send(): void {
    this.#lastPing_ms = this.#clock.now();
    this.#id += 1;
    this.#ping(this.#id);
  }
}
