/**
 * The dashboard's end of its updates (TARS-1001): one source for browsers and Node, without dependencies.
 *
 * Keeps the connection alive (`heartbeat.ts`), comes back when it is lost (`backoff.ts`), and asks each channel to go
 * on from where it was (`subscriptions.ts`). What cannot be replayed is told as a `gap`, never passed over.
 */
import type {
  ClientTimings,
  ConnectionState,
  EventClient,
  EventClientEvents,
  EventClientOptions,
} from '../release-parts.ts';
import { Backoff } from './backoff.ts';
import type { Handler } from './channel.ts';
import { EventClientError, type EventClientErrorCode } from './client-error.ts';
import { type Clock, systemClock } from './clock.ts';
import { LIMITED_RETRIES, reactionTo } from './close-codes.ts';
import type { ServerFrame } from './frames.ts';
import { Link } from './link.ts';
import { next, type Trigger } from './states.ts';
import { Subscriptions } from './subscriptions.ts';
import { DEFAULT_TIMINGS } from './timings.ts';

export interface ReconnectingWebSocketClientOptions extends EventClientOptions {
  /** @default the system's */
  readonly clock?: Clock;
}

type Listeners = { [K in keyof EventClientEvents]: Set<EventClientEvents[K]> };

export class ReconnectingWebSocketClient implements EventClient {
  readonly #options: ReconnectingWebSocketClientOptions;
  readonly #timings: ClientTimings;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #listeners: Listeners = { state: new Set(), subscribed: new Set(), gap: new Set(), error: new Set() };
  readonly #subscriptions = new Subscriptions({
    send: (frame) => this.#link?.send(frame),
    nextId: () => {
      this.#askIds += 1;
      return this.#askIds;
    },
    gap: (channel) => this.#emit('gap', channel),
    handlerFailed: (channel, cause) => this.#fail('handler-failed', `handler of ${channel}: ${String(cause)}`, cause),
  });
  #askIds = 0;
  #state: ConnectionState = 'disconnected';
  #link: Link | undefined;
  /** Waits for the next attempt while there is no link, and for the link to be stable while there is one. */
  #timer: unknown;
  #limitedFailures = 0;
  #tokenRefused = false;

  constructor(options: ReconnectingWebSocketClientOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#clock = options.clock ?? systemClock;
    const { backoffBase_ms, backoffCap_ms } = this.#timings;
    this.#backoff = new Backoff(backoffBase_ms, backoffCap_ms, options.random ?? Math.random);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Does nothing unless `disconnected`: a client connects once and then stays so until it is closed. */
  connect(): void {
    this.#enter('connect', () => this.#attempt());
  }

  subscribe(channel: string, handler: Handler): () => void {
    return this.#state === 'closed' ? () => {} : this.#subscriptions.add(channel, handler);
  }

  on<K extends keyof EventClientEvents>(name: K, listener: EventClientEvents[K]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  close(): void {
    this.#enter('close', () => this.#release());
  }

  /** Changes the state, does what goes with it, and only then tells: a listener may call anything, even `close`. */
  #enter(trigger: Trigger, act: () => void): void {
    const state = next(this.#state, trigger);
    if (!state) return;
    const changed = state !== this.#state;
    this.#state = state;
    act();
    if (changed) this.#emit('state', state);
  }

  #attempt(): void {
    const { url, token, WebSocket = globalThis.WebSocket } = this.#options;
    this.#link = new Link({
      url,
      token: () => token({ refused: this.#tokenRefused }),
      WebSocket,
      timings: this.#timings,
      clock: this.#clock,
      opened: () => this.#subscriptions.ask(),
      acknowledged: () => this.#acknowledged(),
      frame: (frame) => this.#frame(frame),
      ended: (message, code) => this.#ended(message, code),
    });
  }

  #acknowledged(): void {
    this.#tokenRefused = false;
    this.#enter('acknowledged', () => this.#after(this.#timings.stableAfter_ms, () => this.#stable()));
  }

  /** Only now, not on open: a server that drops whom it accepts must not be met without back-off (y-websocket#74). */
  #stable(): void {
    this.#backoff.reset();
    this.#limitedFailures = 0;
  }

  #frame(frame: ServerFrame): void {
    if (frame.type === 'event') this.#subscriptions.receive(frame);
    else if (frame.type === 'subscribed') {
      if (this.#subscriptions.confirm(frame)) this.#emit('subscribed', frame.channel);
    } else if (frame.type === 'error' && frame.code !== 'unknown-type') {
      // v1.0.0 answers pings with `unknown-type`, which is as good a sign of life as any.
      if (frame.code === 'too-many-subscriptions' && frame.channel !== undefined)
        this.#subscriptions.refuse(frame.channel);
      this.#fail('server-error', `server: ${frame.code}: ${frame.message}`);
    }
  }

  #ended(message: string, code?: number): void {
    this.#link = undefined;
    if (this.#mayRetry(code)) {
      this.#enter('lost', () => this.#after(this.#backoff.next_ms(), () => this.#attempt()));
      this.#fail('connection-lost', `${message}; reconnecting`);
    } else {
      this.#fail('connection-refused', `${message}; not coming back`);
      this.#enter('refused', () => this.#release());
    }
  }

  #mayRetry(code: number | undefined): boolean {
    const reaction = code === undefined ? 'retry' : reactionTo(code);
    if (reaction === 'retry-new-token') {
      const again = !this.#tokenRefused;
      this.#tokenRefused = true;
      return again;
    }
    if (reaction === 'retry-fresh') this.#subscriptions.forget();
    if (reaction === 'retry-fresh' || reaction === 'retry-limited') {
      this.#limitedFailures += 1;
      return this.#limitedFailures <= LIMITED_RETRIES;
    }
    return reaction === 'retry';
  }

  #after(delay_ms: number, act: () => void): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(act, delay_ms);
  }

  #release(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#link?.abandon();
    this.#link = undefined;
    this.#subscriptions.close();
  }

  #fail(code: EventClientErrorCode, message: string, cause?: unknown): void {
    if (this.#state !== 'closed') this.#emit('error', new EventClientError(code, message, cause));
  }

  /** A listener that throws is reported as a browser reports one: it must not break the client or its fellows. */
  #emit<K extends keyof EventClientEvents>(name: K, ...args: Parameters<EventClientEvents[K]>): void {
    for (const listener of [...this.#listeners[name]]) {
      try {
        (listener as (...args: unknown[]) => void)(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

export function createEventClient(options: ReconnectingWebSocketClientOptions): EventClient {
  return new ReconnectingWebSocketClient(options);
}
