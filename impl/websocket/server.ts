/** The server's end of dashboard updates (TARS-1001): upgrades, the sweep for dead peers, and going away in good order. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { ChannelFeeds } from '../event-log/channel-feeds.ts';
import type { EventTail, HistoryReader } from '../event-log/event-log.ts';
import { serveFromRedis } from '../event-log/serve-from-redis.ts';
import type { EventServer, EventServerOptions } from '../release-parts.ts';
import { CLOSE, retryHint } from './close-codes.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { DEFAULT_LIMITS, type EventServerLimits } from './limits.ts';
import { createMetrics } from './metrics.ts';
import { isAllowedOrigin } from './origin.ts';
import { UserQuotas } from './user-quotas.ts';

/** How often a draining server closes the next few connections. */
const SLICE_ms = 50;

/** Serves the event log in Redis at `options.redisUrl`. Starts without waiting for Redis: subscribing fails until it is there. */
export async function attachEventServer(options: EventServerOptions): Promise<EventServer> {
  const { maxConnectionsPerUser, maxSubscriptionsPerUser } = options;
  const limits = {
    ...(maxConnectionsPerUser !== undefined && { maxConnectionsPerUser }),
    ...(maxSubscriptionsPerUser !== undefined && { maxSubscriptionsPerUser }),
  };
  return serveFromRedis(options, (served) => serveEvents({ ...served, limits }));
}

export interface ServeEventsOptions extends Omit<EventServerOptions, 'redisUrl'> {
  readonly log: HistoryReader;
  /** Not closed by the server. */
  readonly tail: EventTail;
  readonly limits?: Partial<EventServerLimits>;
}

/** Serves any event log; `attachEventServer` without Redis. */
export function serveEvents(options: ServeEventsOptions): EventServer {
  const path = options.path ?? '/ws';
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  // What a client asks for is checked frame by frame; a limit that is no number would let everything through.
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`limits.${name}: expected a number above 0, got ${value}`);
  }
  const context: ConnectionContext = {
    log: options.log,
    feeds: new ChannelFeeds(options.tail),
    authenticate: options.authenticate,
    quotas: new UserQuotas(limits),
    limits,
    metrics: createMetrics(options.metrics),
    logger: options.logger,
  };
  // Compression stays off: it takes 220 KB a connection.
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.maxFrame_bytes,
    perMessageDeflate: false,
  });
  const connections = new Set<Connection>();
  let draining: Promise<void> | undefined;

  options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (pathOf(request) !== path) {
      if (options.server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found');
      return;
    }
    if (draining || connections.size >= limits.maxConnections) return refuse(socket, '503 Service Unavailable');
    if (!isAllowedOrigin(request.headers, options.allowedOrigins)) return refuse(socket, '403 Forbidden');
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, context);
      connections.add(connection);
      void connection.closed.then(() => connections.delete(connection));
      if (draining) connection.end(CLOSE.serviceRestart, 'restart');
    });
  });

  let swept_ms = performance.now();
  let spared = false;
  const sweep = setInterval(() => {
    const now_ms = performance.now();
    // A process that stood still has not read yet what its clients sent meanwhile: once it may read first.
    spared = !spared && now_ms - swept_ms > 2 * limits.sweep_ms;
    swept_ms = now_ms;
    if (spared) return;
    for (const connection of connections) connection.sweep(now_ms);
  }, limits.sweep_ms);

  /** Closes a few at a time, over at most half of the time given: all at once would come back as a herd. */
  async function drain(deadline_ms: number): Promise<void> {
    const deadline = AbortSignal.timeout(deadline_ms);
    const open = [...connections];
    const restart = retryHint('restart', (open.length / limits.returnsPerSecond) * 1_000);
    const perSlice = Math.ceil(open.length / Math.max(1, Math.floor(deadline_ms / 2 / SLICE_ms)));
    while (open.length > 0 && !deadline.aborted) {
      for (const connection of open.splice(0, perSlice)) connection.end(CLOSE.serviceRestart, restart);
      if (open.length > 0) await sleep(SLICE_ms);
    }
    while (connections.size > 0 && !deadline.aborted) await sleep(Math.min(SLICE_ms, deadline_ms / 20));
    for (const connection of connections) connection.terminate();
    await Promise.all([...connections].map((connection) => connection.closed));
    clearInterval(sweep);
    webSockets.close();
  }

  return {
    drain(deadline_ms) {
      draining ??= drain(deadline_ms);
      return draining;
    },
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
