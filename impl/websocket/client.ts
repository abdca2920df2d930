/**
 * The dashboard's end of its updates (TARS-1001): one source for browsers and Node, without dependencies.
 *
 * Keeps the connection alive (`heartbeat.ts`), comes back when it is lost (`reconnector.ts`), and asks each channel to
 * go on from where it was (`subscriptions.ts`). What cannot be replayed is told as a `gap`, never passed over.
 */
import type {
  ClientMetrics,
  ConnectionState,
  EventClient,
  EventClientEvents,
  EventClientOptions,
} from '../release-parts.ts';
import { type ClientContext, createContext } from './client-context.ts';
import { EventClientError, type EventClientErrorCode } from './client-error.ts';
import { snapshot } from './client-metrics.ts';
import type { Clock } from './clock.ts';
import type { Handler } from './event-queue.ts';
import type { ServerFrame } from './frames.ts';
import { Reconnector } from './reconnector.ts';
import { Session } from './session.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ReconnectingWebSocketClientOptions extends EventClientOptions {
  /** @default the system's */
  readonly clock?: Clock;
}

type Listeners = { [K in keyof EventClientEvents]: Set<EventClientEvents[K]> };

export class ReconnectingWebSocketClient implements EventClient {
  readonly #options: ReconnectingWebSocketClientOptions;
  readonly #context: ClientContext;
  readonly #listeners: Listeners = { state: new Set(), subscribed: new Set(), gap: new Set(), error: new Set() };
  readonly #subscriptions: Subscriptions;
  readonly #reconnector: Reconnector;
  #session: Session | undefined;
  #askIds = 0;

  /** @throws {EventClientError} `bad-option` when a time or a limit makes no sense */
  constructor(options: ReconnectingWebSocketClientOptions) {
    this.#options = options;
    this.#context = createContext(options);
    this.#subscriptions = new Subscriptions({
      context: this.#context,
      send: (frame) => this.#session?.send(frame),
      nextId: () => {
        this.#askIds += 1;
        return this.#askIds;
      },
      gap: (channel) => this.#emit('gap', channel),
      handlerFailed: (channel, cause) => this.#fail('handler-failed', `handler of ${channel}: ${String(cause)}`, cause),
    });
    this.#reconnector = new Reconnector(this.#context, options, {
      attempt: () => this.#begin(),
      changed: (state) => this.#emit('state', state),
      failed: (code, message) => this.#fail(code, message),
      fresh: () => this.#subscriptions.forget(),
      released: () => this.#subscriptions.close(),
    });
  }

  get state(): ConnectionState {
    return this.#reconnector.state;
  }

  get metrics(): ClientMetrics {
    return snapshot(this.#context.counters);
  }

  /** Does nothing unless `disconnected`: once connected the client stays so until it is closed, or may not come back. */
  connect(): void {
    this.#reconnector.connect();
  }

  /** @throws {EventClientError} `too-many-channels` beyond the limit */
  subscribe(channel: string, handler: Handler): () => void {
    return this.state === 'closed' ? () => {} : this.#subscriptions.add(channel, handler);
  }

  on<K extends keyof EventClientEvents>(name: K, listener: EventClientEvents[K]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  close(): void {
    this.#reconnector.close();
  }

  #begin(): Session {
    const { url, token, WebSocket = globalThis.WebSocket } = this.#options;
    this.#session = new Session(this.#context, {
      url,
      token,
      refused: this.#reconnector.tokenRefused,
      WebSocket,
      opened: () => this.#subscriptions.ask(),
      acknowledged: () => this.#reconnector.acknowledged(),
      frame: (frame, size) => this.#frame(frame, size),
      notRenewed: (cause) => this.#fail('token-not-renewed', `no newer token: ${String(cause)}`, cause),
      ended: (ending) => this.#reconnector.ended(ending),
    });
    return this.#session;
  }

  #frame(frame: ServerFrame, size: number): void {
    if (frame.type === 'event') this.#subscriptions.receive(frame, size);
    else if (frame.type === 'subscribed') {
      if (this.#subscriptions.confirm(frame)) this.#emit('subscribed', frame.channel);
    } else if (frame.type === 'error' && frame.code !== 'unknown-type') {
      // v1.0.0 answers pings with `unknown-type`, which is as good a sign of life as any.
      if (frame.code === 'too-many-subscriptions' && frame.channel !== undefined)
        this.#subscriptions.refuse(frame.channel);
      this.#fail('server-error', `server: ${frame.code}: ${frame.message}`);
    }
  }

  #fail(code: EventClientErrorCode, message: string, cause?: unknown): void {
    if (this.state !== 'closed') this.#emit('error', new EventClientError(code, message, cause));
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

/** @throws {EventClientError} `bad-option` when a time or a limit makes no sense */
export function createEventClient(options: ReconnectingWebSocketClientOptions): EventClient {
  return new ReconnectingWebSocketClient(options);
}
