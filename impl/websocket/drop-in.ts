/**
 * A `WebSocket` that comes back: the standard's interface, for code that has its own protocol and knows no channels.
 *
 * It comes back by the same rules as the event client (`reconnector.ts`). What a plain WebSocket does not permit:
 * - no replay: what was sent to it while it was away is lost, and it cannot tell what. `open` says: ask anew.
 * - no ping: browsers give pages none. With `ping` a message of the page's own protocol is sent in its place, and any
 *   message that comes in is life. Without, a connection that dies silently is found when the network finds it.
 * - no acknowledgement: a connection counts as soon as it is open, but as stable only after `stableAfter_ms`.
 *
 * Events: `open` at each connection; `close` at each loss of an open one, with `readyState` CONNECTING while it comes
 * back and CLOSED when it does not; `error` at each failed attempt and each end without a close frame. A page that
 * opened a new WebSocket in `onclose` must no longer do so while `readyState` is CONNECTING.
 *
 * What is sent inside a handler of `open` goes out at once, before what waits: that is the place to log in again.
 * `send` never drops in silence. What cannot go out yet is queued, together with what the socket itself has not sent,
 * up to `maxSend_bytes`; beyond, `send` throws and the queue stays as it is. What was given to a connection that was
 * lost is not sent again: it may have arrived.
 */
import type { ClientLimits, ClientMetrics, ClientTimings, Environment } from '../release-parts.ts';
import { type ClientContext, createContext } from './client-context.ts';
import { snapshot } from './client-metrics.ts';
import type { Clock } from './clock.ts';
import { type Ending, Link } from './link.ts';
import { type Attempt, Reconnector } from './reconnector.ts';
import { SendQueue } from './send-queue.ts';
import { WebSocketEvents } from './websocket-events.ts';

export interface ReconnectingWebSocketOptions {
  /** @default globalThis.WebSocket */
  readonly WebSocket?: new (
    url: string,
    protocols: string | string[],
  ) => WebSocket;
  /** Gives the message sent in place of a ping. @default none, so there is no heartbeat */
  readonly ping?: () => string;
  /** What may wait to be sent. @default 1_048_576 */
  readonly maxSend_bytes?: number;
  /** Messages that may wait for a connection. @default 1_000 */
  readonly maxSend?: number;
  readonly timings?: Partial<ClientTimings>;
  /** Of these only `limitedRetries` is of use here. */
  readonly limits?: Pick<ClientLimits, 'limitedRetries'>;
  /** False: it stays CLOSED after a loss, until `reconnect` is called. @default always true */
  readonly mayReconnect?: () => boolean;
  /** Closes it when aborted. */
  readonly signal?: AbortSignal;
  /** @default the page's, where there is a page */
  readonly environment?: Environment;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default the system's */
  readonly clock?: Clock;
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

export class ReconnectingWebSocket extends WebSocketEvents {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;
  readonly #address: string | (() => string | Promise<string>);
  readonly #protocols: string | string[];
  readonly #options: ReconnectingWebSocketOptions;
  readonly #context: ClientContext;
  readonly #reconnector: Reconnector;
  readonly #queue: SendQueue;
  #link: Link<string> | undefined;
  #url = '';
  #binaryType: 'blob' | 'arraybuffer' = 'blob';
  /** Handlers of `open` are running. */
  #opening = false;
  /** The end that the reconnector is being told of. */
  #refusal: Partial<Ending> = {};
  /** What `close` was called with, while the peer has not answered it. */
  #closing: { readonly code?: number | undefined; readonly reason?: string | undefined } | undefined;

  /**
   * Connects at once. `url` may be a function, asked at each attempt: for addresses that carry a token.
   * @throws {EventClientError} `bad-option` when a time or a limit makes no sense
   */
  constructor(
    url: string | URL | (() => string | Promise<string>),
    protocols: string | string[] = [],
    options: ReconnectingWebSocketOptions = {},
  ) {
    super();
    this.#address = typeof url === 'function' ? url : String(url);
    this.#protocols = protocols;
    this.#options = options;
    this.#context = createContext(options);
    this.#queue = new SendQueue(options.maxSend, options.maxSend_bytes);
    this.#reconnector = new Reconnector(this.#context, options, {
      attempt: () => this.#begin(),
      changed: () => {},
      failed: () => {},
      fresh: () => {},
      released: () => this.#released(),
    });
    this.#reconnector.connect();
  }

  /** Connects again after it was lost while reconnection was turned off; does nothing otherwise. */
  reconnect(): void {
    this.#reconnector.connect();
  }

  get readyState(): 0 | 1 | 2 | 3 {
    if (this.#closing) return CLOSING;
    const { state } = this.#reconnector;
    if (state === 'connected') return OPEN;
    return state === 'closed' || state === 'disconnected' ? CLOSED : CONNECTING;
  }

  /** Of the connection, or of the last one. */
  get url(): string {
    return this.#link?.socket?.url ?? (this.#url || (typeof this.#address === 'string' ? this.#address : ''));
  }

  get protocol(): string {
    return this.#link?.socket?.protocol ?? '';
  }

  get extensions(): string {
    return this.#link?.socket?.extensions ?? '';
  }

  /** Bytes given to `send` that have not gone out, whether queued here or in the socket. */
  get bufferedAmount(): number {
    return this.#queue.bytes + (this.#link?.socket?.bufferedAmount ?? 0);
  }

  get binaryType(): 'blob' | 'arraybuffer' {
    return this.#binaryType;
  }

  set binaryType(type: 'blob' | 'arraybuffer') {
    this.#binaryType = type;
    const socket = this.#link?.socket;
    if (socket) socket.binaryType = type;
  }

  get metrics(): ClientMetrics {
    return snapshot(this.#context.counters);
  }

  /**
   * Sends now or with the next connection, in order. After `close` it does nothing, as in the standard.
   * @throws {EventClientError} `send-queue-full` when it does not fit; nothing that waits is lost
   */
  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState >= CLOSING || (this.#opening && this.#link?.send(data as string))) return;
    this.#queue.add(data as Parameters<WebSocket['send']>[0], this.#link?.socket?.bufferedAmount ?? 0);
    if (this.readyState === OPEN) this.#flush();
  }

  /**
   * Ends it for good. What waits for a connection is not sent.
   * @throws {DOMException} `InvalidAccessError` or `SyntaxError` where the standard has them
   */
  close(code?: number, reason?: string): void {
    if (code !== undefined && code !== 1000 && !(code >= 3_000 && code <= 4_999)) {
      throw new DOMException(`expected code 1000 or 3000 to 4999, got ${code}`, 'InvalidAccessError');
    }
    const size_bytes = new TextEncoder().encode(reason).length;
    if (size_bytes > 123)
      throw new DOMException(`expected a reason of at most 123 bytes, got ${size_bytes}`, 'SyntaxError');
    if (this.readyState >= CLOSING) return;
    this.#closing = { code, reason };
    this.#reconnector.close();
  }

  #begin(): Attempt {
    const { WebSocket = globalThis.WebSocket, ping } = this.#options;
    const address = this.#address;
    let wasOpen = false;
    const link = new Link<string>(this.#context, {
      prepare: typeof address === 'string' ? () => address : address,
      open: (url) => {
        this.#url = url;
        const socket = new WebSocket(url, this.#protocols);
        socket.binaryType = this.#binaryType;
        return socket;
      },
      ping: ping && (() => void link.send(ping())),
      opened: () => {
        wasOpen = true;
        link.established();
        this.#reconnector.acknowledged();
        this.#opening = true;
        this.dispatchEvent(new Event('open'));
        this.#opening = false;
        this.#flush();
      },
      message: (data) => {
        if (this.readyState !== OPEN) return;
        this.#context.counters.events += 1;
        this.dispatchEvent(new MessageEvent('message', { data, origin: originOf(this.url) }));
      },
      ended: (ending) => this.#ended(ending, wasOpen),
    });
    this.#link = link;
    // `#released` sees to what is open when it is closed: the peer's answer is waited for.
    return { probe: () => link.probe(), abandon: () => {} };
  }

  #ended(ending: Ending, wasOpen: boolean): void {
    this.#link = undefined;
    if (this.#closing) {
      this.#closed(ending);
      return;
    }
    this.#refusal = ending;
    this.#reconnector.ended(ending);
    this.#refusal = {};
    if (ending.code === undefined || ending.code === 1006) this.dispatchEvent(new Event('error'));
    const isTold = this.#reconnector.state === 'closed' || this.#reconnector.state === 'connecting';
    if (!isTold && (wasOpen || this.readyState === CLOSED)) this.#dispatchClose(ending);
  }

  /** By `close`, by the signal, or by a close code that says not to come back. */
  #released(): void {
    this.#queue.clear();
    if (this.#link?.isEstablished) {
      this.#closing ??= {};
      this.#link.close(this.#closing.code, this.#closing.reason);
      return;
    }
    this.#link?.abandon();
    this.#link = undefined;
    const refusal = this.#refusal;
    queueMicrotask(() => this.#closed(refusal));
  }

  #closed(ending: Partial<Ending>): void {
    this.#closing = undefined;
    this.#dispatchClose(ending);
  }

  #dispatchClose({ code = 1006, reason = '' }: Partial<Ending>): void {
    this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: code !== 1006 }));
  }

  #flush(): void {
    // A handler of `open` may have closed it, and a socket may be lost before it says so.
    this.#queue.flush((data) => this.readyState === OPEN && (this.#link?.send(data) ?? false));
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
