/** The parts of T.A.R.S. in which releases differ, as interfaces: a release is a choice of implementations (`releases.ts`). */
import type { Server } from 'node:http';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import type { Redis } from 'ioredis';
import type { Pool, PoolConfig } from 'pg';
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
  /** Connections of one user at once. v1.0.0 knows no such limit. @default 100 */
  readonly maxConnectionsPerUser?: number;
  /** Subscriptions of one user at once, on all connections. v1.0.0 knows no such limit. @default 1_000 */
  readonly maxSubscriptionsPerUser?: number;
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
  /**
   * Before a token ends, the client asks for a newer one and sends it on the open connection: between once and twice
   * this time before, so that those who logged in together do not come together, and not before half of the rest.
   * @default 60_000
   */
  readonly renewBefore_ms: number;
  /** How long the promise of a handler may take; then its event counts as lost to it. @default 30_000 */
  readonly handlerTimeout_ms: number;
}

/** What a reconnecting client may hold and try; see its documentation for the defaults. */
export interface ClientLimits {
  /** Events of one channel that wait for their handlers. What does not fit is left out and asked for again. @default 10_000 */
  readonly maxQueued: number;
  /** The same, as the length of their frames' text. One event always fits. @default 4_194_304 */
  readonly maxQueued_bytes: number;
  /** Channels subscribed to at once; `subscribe` throws beyond. @default 1_000 */
  readonly maxChannels: number;
  /** How often an event is given to a handler that throws or rejects, before a `gap` is told. @default 3 */
  readonly handlerAttempts: number;
  /** Closes with 1008 or 1011 since the last stable connection; the next one is final. @default 5 */
  readonly limitedRetries: number;
}

/** What a client counted since it was made. */
export interface ClientMetrics {
  /** Connections tried for. */
  readonly attempts: number;
  /** Connections that the server acknowledged. */
  readonly connections: number;
  /** The same, without the first. */
  readonly reconnects: number;
  /** Events taken in. */
  readonly events: number;
  /** Events dropped because they had come before. */
  readonly duplicates: number;
  /** Gaps told. */
  readonly gaps: number;
  /** Events that did not fit in the queue; they are asked for again. */
  readonly overflows: number;
  /** Calls of handlers that failed. */
  readonly handlerFailures: number;
  readonly pings: number;
  /** Pings that no frame followed in time. */
  readonly missedPongs: number;
}

/** What a client hears of the machine and the page it runs in. */
export type EnvironmentChange = 'online' | 'offline' | 'shown';

export interface Environment {
  /** Calls `changed` at each change, until the returned function is called, which leaves no listener. */
  watch(changed: (change: EnvironmentChange) => void): () => void;
}

export interface EventClientOptions {
  /** `ws://host:port/ws` */
  readonly url: string;
  /**
   * Gives the access token for each connection attempt. `refused`: the server did not take the last one, or not any
   * longer, so whoever keeps tokens must get a new one. `expiring`: the last one ends soon; a newer one prolongs the
   * connection, the same one lets it end. v1.0.0 never says either.
   */
  readonly token: (last: { readonly refused: boolean; readonly expiring?: boolean }) => string | Promise<string>;
  /** @default globalThis.WebSocket */
  readonly WebSocket?: WebSocketConstructor;
  /** Overrides of the client's documented times; v1.0.0 has none to override. */
  readonly timings?: Partial<ClientTimings>;
  /** Overrides of the client's documented limits; v1.0.0 has none. */
  readonly limits?: Partial<ClientLimits>;
  /**
   * Asked when a connection is lost and before each attempt to come back. While it says false the client does as
   * v1.0.0: it stays `disconnected` until `connect` is called. @default always true; v1.0.0 never comes back
   */
  readonly mayReconnect?: () => boolean;
  /** Closes the client when aborted. v1.0.0 does not look at it. */
  readonly signal?: AbortSignal;
  /** @default the page's `online`, `offline`, `visibilitychange` and `pageshow`, where there is a page; v1.0.0 hears of none */
  readonly environment?: Environment;
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
  /** A snapshot; v1.0.0 counts nothing. */
  readonly metrics?: ClientMetrics;
  connect(): void;
  /**
   * Calls `handler` for each event of the channel, in order, until the returned function is called. A handler that
   * throws or rejects has not taken the event: v1.0.1 gives it again, and tells a `gap` when that does not help.
   */
  subscribe(channel: string, handler: (event: DashboardEvent) => void | Promise<void>): () => void;
  on<K extends keyof EventClientEvents>(name: K, listener: EventClientEvents[K]): () => void;
  /**
   * Ends the client for good; leaves no timer and no listener. A socket that has `terminate`, as those of the `ws` package
   * do, is ended at once. The standard's cannot be: with Node's own, a peer that never answers the close keeps the
   * socket, and with it the process, until the network gives up. Give `ws` where that matters.
   */
  close(): void;
}

/** How dashboard-api keeps its connections to PostgreSQL. */
export type PoolSettings = Pick<PoolConfig, 'min' | 'idleTimeoutMillis' | 'maxLifetimeSeconds' | 'options'>;

/** Requests a minute, over all instances together. */
export interface RateLimits {
  readonly perAddress: number;
  readonly perKey: number;
}

export interface EvaluationHistoryOptions {
  readonly server: FastifyInstance;
  readonly postgres: Pick<Pool, 'query'>;
  readonly redis: Redis;
  /** Whether pages are kept in Redis; v1.0.0 keeps none. @default true */
  readonly cached?: boolean;
  /** Lets in who may read evaluations. */
  readonly mayRead: onRequestAsyncHookHandler;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** `GET /api/v1/evaluations`, which lists the settled ones. */
export interface EvaluationHistory {
  /** An evaluation was shown by its id: from now on every list that it belongs to shows it as well. */
  shown(evaluation: { readonly agent_id: string; readonly created_at: Date }): Promise<void>;
}

export interface ReleaseParts {
  readonly version: string;
  readonly database: {
    readonly pool: PoolSettings;
    /** Brings a database with v1.0.0's tables to what this release needs. Safe to repeat, and while others use it. */
    migrate(postgresUrl: string): Promise<void>;
    /** Answers requests beyond the limits with 429. To be called before routes are registered. v1.0.0 knows no limits. */
    limitRates(server: FastifyInstance, redis: Redis, limits: RateLimits): Promise<void>;
    /** Registers the route. */
    serveEvaluationHistory(options: EvaluationHistoryOptions): Promise<EvaluationHistory>;
  };
  readonly websocket: {
    attachEventServer(options: EventServerOptions): Promise<EventServer>;
    createEventClient(options: EventClientOptions): EventClient;
    /** Absolute path of the module that holds the page's parts (`page-parts.ts`): the page's build takes it in. */
    readonly pageParts: string;
  };
}
