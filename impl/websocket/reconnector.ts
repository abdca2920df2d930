/**
 * Comes back: which state a client is in, and when it tries again after an attempt or connection has ended.
 *
 * There is one attempt at a time, or one wait for the next (tutanota#1294, centrifuge-js#225): what is heard from the
 * environment shortens a wait or has a connection asked whether it lives, and never opens a second one.
 */
import type { ConnectionState, Environment } from '../release-parts.ts';
import { Backoff } from './backoff.ts';
import type { ClientContext } from './client-context.ts';
import type { EventClientErrorCode } from './client-error.ts';
import { reactionTo, retryHintOf } from './close-codes.ts';
import { pageEnvironment } from './environment.ts';
import type { Ending } from './link.ts';
import { next, type Trigger } from './states.ts';

/** A `Link`, or what is built on one. */
export interface Attempt {
  probe(): void;
  abandon(): void;
}

export interface ReconnectorOptions {
  /** @default the page's, where there is a page */
  readonly environment?: Environment | undefined;
  readonly mayReconnect?: (() => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The client that it is a part of. */
export interface ReconnectorOwner {
  /** Begins an attempt, which tells `acknowledged` and `ended`. */
  attempt(): Attempt;
  /** Told when what belongs to the change is done: it may call anything, even `close`. */
  changed(state: ConnectionState): void;
  failed(code: EventClientErrorCode, message: string): void;
  /** The next session must be a fresh one. */
  fresh(): void;
  /** Closed for good. */
  released(): void;
}

export class Reconnector {
  readonly #context: ClientContext;
  readonly #options: ReconnectorOptions;
  readonly #owner: ReconnectorOwner;
  readonly #backoff: Backoff;
  readonly #abort = () => this.close();
  #state: ConnectionState = 'disconnected';
  #attempt: Attempt | undefined;
  #unwatch: (() => void) | undefined;
  /** Waits for the next attempt while there is none, and for the connection to be stable while there is one. */
  #timer: unknown;
  #due_ms = 0;
  #limitedFailures = 0;
  #tokenRefused = false;

  constructor(context: ClientContext, options: ReconnectorOptions, owner: ReconnectorOwner) {
    this.#context = context;
    this.#options = options;
    this.#owner = owner;
    const { timings, random } = context;
    const { signal } = options;
    this.#backoff = new Backoff(timings.backoffBase_ms, timings.backoffCap_ms, random);
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted) this.close();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The token of the last attempt was refused: the next one needs another. */
  get tokenRefused(): boolean {
    return this.#tokenRefused;
  }

  connect(): void {
    this.#enter('connect', () => {
      this.#unwatch ??= (this.#options.environment ?? pageEnvironment()).watch((change) =>
        this.#heard(change !== 'offline'),
      );
      this.#begin();
    });
  }

  close(): void {
    this.#enter('close', () => this.#release());
  }

  acknowledged(): void {
    this.#tokenRefused = false;
    this.#enter('acknowledged', () => this.#after(this.#context.timings.stableAfter_ms, () => this.#stable()));
  }

  ended({ message, code, reason }: Ending): void {
    this.#attempt = undefined;
    if (!this.#mayRetry(code)) {
      this.#owner.failed('connection-refused', `${message}; not coming back`);
      this.#enter('refused', () => this.#release());
    } else if (this.#isTurnedOff) this.#drop(message);
    else {
      const wait_ms = this.#backoff.next_ms(retryHintOf(reason));
      this.#enter('lost', () => this.#after(wait_ms, () => this.#again()));
      this.#owner.failed('connection-lost', `${message}; reconnecting`);
    }
  }

  get #isTurnedOff(): boolean {
    return this.#options.mayReconnect?.() === false;
  }

  #drop(message: string): void {
    this.#enter('dropped', () => this.#context.clock.clearTimeout(this.#timer));
    this.#owner.failed('connection-lost', `${message}; reconnection is turned off`);
  }

  #again(): void {
    if (this.#isTurnedOff) this.#drop('not connected');
    else this.#begin();
  }

  #begin(): void {
    this.#attempt = this.#owner.attempt();
  }

  /** Waiting on is of no use when the network or the page is back; but an office that comes back together is a herd. */
  #heard(isBack: boolean): void {
    if (this.#attempt) this.#attempt.probe();
    else if (isBack && this.#state === 'reconnecting') {
      const soon_ms = this.#backoff.soon_ms();
      if (soon_ms < this.#due_ms - this.#context.clock.now()) this.#after(soon_ms, () => this.#again());
    }
  }

  /** Only now, not on open: a server that drops whom it accepts must not be met without back-off (y-websocket#74). */
  #stable(): void {
    this.#backoff.reset();
    this.#limitedFailures = 0;
  }

  #mayRetry(code: number | undefined): boolean {
    const reaction = code === undefined ? 'retry' : reactionTo(code);
    if (reaction === 'retry-new-token') {
      const again = !this.#tokenRefused;
      this.#tokenRefused = true;
      return again;
    }
    if (reaction === 'retry-fresh') this.#owner.fresh();
    if (reaction === 'retry-fresh' || reaction === 'retry-limited') {
      this.#limitedFailures += 1;
      return this.#limitedFailures <= this.#context.limits.limitedRetries;
    }
    return reaction === 'retry';
  }

  #after(delay_ms: number, act: () => void): void {
    const { clock } = this.#context;
    clock.clearTimeout(this.#timer);
    this.#due_ms = clock.now() + delay_ms;
    this.#timer = clock.setTimeout(act, delay_ms);
  }

  #release(): void {
    this.#context.clock.clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#unwatch?.();
    this.#attempt?.abandon();
    this.#attempt = undefined;
    this.#owner.released();
  }

  /** Changes the state, does what goes with it, and only then tells. */
  #enter(trigger: Trigger, act: () => void): void {
    const state = next(this.#state, trigger);
    if (!state) return;
    const changed = state !== this.#state;
    this.#state = state;
    act();
    if (changed) this.#owner.changed(state);
  }
}
