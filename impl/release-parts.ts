/** The parts of T.A.R.S. in which releases differ, as interfaces: a release is a choice of implementations (`releases.ts`). */
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

/** Who speaks on a connection or a request. */
export interface User {
  readonly subject: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  /** When the token that told of this user ends, in milliseconds since 1970. @default never */
  readonly expiresAt_ms?: number;
  /** When the password was given that the token goes back to, in milliseconds since 1970. @default with the token */
  readonly loggedInAt_ms?: number;
}

export interface EventServerOptions {
  /** The HTTP server whose upgrade requests at `path` become event connections. */
  readonly server: Server;
  /** @default '/ws' */
  readonly path?: string;
  readonly redisUrl: string;
  /** Origins of pages that may connect besides those of the server's own host. v1.0.0 lets all. @default none */
  readonly allowedOrigins?: readonly string[];
  /**
   * Resolves the user of a token; rejects when the token is not valid (any more). An error whose `code` is
   * `unavailable` says that it cannot be told now: the client is asked to come back instead of being turned away.
   */
  readonly authenticate: (token: string) => Promise<User>;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** The server's end of dashboard updates: pushes the event log's channels to WebSocket clients. */
export interface EventServer {
  /** Stops accepting connections and lets the open ones go, at the latest after `deadline_ms`. */
  drain(deadline_ms: number): Promise<void>;
}

/** An event as a dashboard receives it. */
export interface DashboardEvent {
  readonly channel: string;
  readonly payload: unknown;
}

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** The constructor of the standard `WebSocket`, as browsers and Node 22+ have it. */
export type WebSocketConstructor = new (url: string) => WebSocket;

/** Every time the reconnecting client waits for; see its documentation for the defaults. */
export interface ClientTimings {
  /** Time between pings; also while events come in, since the server ends clients it hears nothing from. @default 30_000 */
  readonly pingInterval_ms: number;
  /** How long a pong may take. @default 10_000 */
  readonly pongTimeout_ms: number;
  /** Unanswered pings after which the connection is dead; the verdict falls before 60 s of silence at the defaults. @default 3 */
  readonly missedPongs: number;
  /** Upper bound of the first back-off wait; full jitter below it. @default 1_000 */
  readonly backoffBase_ms: number;
  /** Upper bound of every back-off wait: after an attempt into silence (`connectTimeout_ms`) it leaves 5 s of 30 s to the next one. @default 15_000 */
  readonly backoffCap_ms: number;
  /** From opening a socket to the server's acknowledgement. @default 10_000 */
  readonly connectTimeout_ms: number;
  /** How long a connection must hold before the back-off starts over. @default 5_000 */
  readonly stableAfter_ms: number;
}

export interface EventClientOptions {
  /** `ws://host:port/ws` */
  readonly url: string;
  /**
   * Gives the access token for each connection attempt. `refused`: the server did not take the last one, or not any
   * longer, so whoever keeps tokens must get a new one. v1.0.0 never says so.
   */
  readonly token: (last: { readonly refused: boolean }) => string | Promise<string>;
  /** @default globalThis.WebSocket */
  readonly WebSocket?: WebSocketConstructor;
  /** Overrides of the client's documented times; v1.0.0 has none to override. */
  readonly timings?: Partial<ClientTimings>;
  /** Numbers in [0, 1) for the jitter of the waits; v1.0.0 waits for nothing. @default Math.random */
  readonly random?: () => number;
}

export interface EventClientEvents {
  /** The connection's state changed. */
  state(state: ConnectionState): void;
  /** The server confirmed a channel, on the first connection and after each reconnection. */
  subscribed(channel: string): void;
  /** Events of a channel were lost for good and cannot be replayed: the page must load them anew. */
  gap(channel: string): void;
  /** Something went wrong that the client survives or that closes it; the message says which. */
  error(error: Error): void;
}

/** The dashboard's end: what `useWebSocket` wraps. */
export interface EventClient {
  readonly state: ConnectionState;
  connect(): void;
  /** Calls `handler` for each event of the channel, in order, until the returned function is called. */
  subscribe(channel: string, handler: (event: DashboardEvent) => void | Promise<void>): () => void;
  on<K extends keyof EventClientEvents>(name: K, listener: EventClientEvents[K]): () => void;
  /**
   * Ends the client for good; leaves no timer and no listener. A socket that has `terminate`, as those of the `ws` package
   * do, is ended at once. The standard's cannot be: with Node's own, a peer that never answers the close keeps the
   * socket, and with it the process, until the network gives up. Give `ws` where that matters.
   */
  close(): void;
}

export interface ReleaseParts {
  readonly version: string;
  readonly websocket: {
    attachEventServer(options: EventServerOptions): Promise<EventServer>;
    createEventClient(options: EventClientOptions): EventClient;
    /** Absolute path of the module that holds the page's parts (`page-parts.ts`): the page's build takes it in. */
    readonly pageParts: string;
  };
}
