/**
 * The server's end of dashboard updates as v1.0.0 had it: live events only.
 *
 * What it does not have, the ticket (TARS-1001) names: no answer to pings, no look for dead peers, no replay. What it
 * has, it does properly: input is checked as in v1.0.1, and what a client or a process may cost is bounded.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ChannelFeeds } from '../../event-log/channel-feeds.ts';
import type { EventTail, HistoryReader } from '../../event-log/event-log.ts';
import { serveFromRedis } from '../../event-log/serve-from-redis.ts';
import type { EventServer, EventServerOptions } from '../../release-parts.ts';
import { CLOSE } from '../../websocket/close-codes.ts';
import { BaselineConnection } from './connection.ts';

const MAX_FRAME_bytes = 65_536;

/** Serves the event log in Redis at `options.redisUrl`. */
export async function attachEventServer(options: EventServerOptions): Promise<EventServer> {
  return serveFromRedis(options, serveEvents);
}

export interface ServeEventsOptions extends Omit<EventServerOptions, 'redisUrl'> {
  readonly log: HistoryReader;
  readonly tail: EventTail;
}

/** Serves any event log; `attachEventServer` without Redis. */
export function serveEvents(options: ServeEventsOptions): EventServer {
  const path = options.path ?? '/ws';
  const feeds = new ChannelFeeds(options.tail);
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_bytes, perMessageDeflate: false });
  let draining = false;

  options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (draining || request.url?.split('?', 1)[0] !== path) {
      socket.on('error', () => {});
      socket.end(`HTTP/1.1 ${draining ? '503 Service Unavailable' : '404 Not Found'}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSockets.emit('connection', webSocket, request);
      new BaselineConnection(webSocket, { ...options, feeds });
    });
  });

  return {
    async drain(deadline_ms) {
      draining = true;
      await Promise.all([...webSockets.clients].map((client) => closeWithin(client, deadline_ms)));
      webSockets.close();
    },
  };
}

function closeWithin(webSocket: WebSocket, deadline_ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => webSocket.terminate(), deadline_ms);
    webSocket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    webSocket.close(CLOSE.goingAway, 'going away');
  });
}
