/** For the servers' tests: an event server on a free port over an array log, and raw clients of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type ClientOptions, WebSocket } from 'ws';
import { ArrayEventLog } from '../event-log/array-event-log.ts';
import type { EventServer, User } from '../release-parts.ts';
import type { ClientFrame } from './frames.ts';
import type { EventServerLimits } from './limits.ts';
import type { ServeEventsOptions } from './server.ts';

export interface PeerOptions {
  readonly limits?: Partial<EventServerLimits>;
  readonly authenticate?: (token: string) => Promise<User>;
  readonly allowedOrigins?: readonly string[];
  /** Events in one answer of the log. */
  readonly page?: number;
}

/** Tokens are valid unless they are `bad`. */
async function authenticate(token: string): Promise<User> {
  if (token === 'bad') throw new Error('bad token');
  return { subject: 'someone', role: 'viewer' };
}

export async function startPeer(serve: (options: ServeEventsOptions) => EventServer, options: PeerOptions = {}) {
  const http = createServer();
  const log = new ArrayEventLog(options.page);
  const metrics = new Registry();
  const logged: string[] = [];
  const server = serve({
    server: http,
    log,
    tail: log,
    authenticate: options.authenticate ?? authenticate,
    logger: pino({ level: 'trace' }, { write: (line) => logged.push(line) }),
    metrics,
    ...(options.limits && { limits: options.limits }),
    ...(options.allowedOrigins && { allowedOrigins: options.allowedOrigins }),
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const clients: RawClient[] = [];
  return {
    http,
    log,
    server,
    logged,
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    async metric(name: string): Promise<number | undefined> {
      const metric = await metrics.getSingleMetric(`tars_websocket_${name}`)?.get();
      return metric?.values[0]?.value;
    },
    /** Opens a connection; with a token also authenticates. */
    async client(token?: string, path = '/ws', wsOptions: ClientOptions = {}): Promise<RawClient> {
      const client = new RawClient(`ws://127.0.0.1:${port}${path}`, wsOptions);
      clients.push(client);
      await client.opened;
      if (token !== undefined) {
        client.send({ type: 'authenticate', token });
        await client.next('authenticated');
      }
      return client;
    },
    async stop(): Promise<void> {
      for (const client of clients) client.socket.terminate();
      await server.drain(0);
      http.close();
      await once(http, 'close');
    },
  };
}

type Frame = { readonly type: string; readonly [field: string]: unknown };

/** A client without any cleverness: says what it is told to and keeps what it hears. */
export class RawClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly opened: Promise<void>;
  /** The close code, and when it came. */
  readonly closed: Promise<number>;
  #read = 0;
  #heard = Promise.withResolvers<void>();

  constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.opened = once(this.socket, 'open').then(() => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        resolve(code);
        this.#heard.reject(new Error(`closed with ${code}`));
      });
    });
    this.#heard.promise.catch(() => {});
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
      this.#heard.promise.catch(() => {});
    });
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame not read yet, which must be of this type. */
  async next(type: string): Promise<Frame> {
    while (this.frames.length <= this.#read) await this.#heard.promise;
    const frame = this.frames[this.#read];
    this.#read += 1;
    if (frame?.type !== type) throw new Error(`expected a frame of type ${type}, got ${JSON.stringify(frame)}`);
    return frame;
  }

  /** The offsets of the events heard so far on a channel. */
  offsets(channel = 'evaluations'): unknown[] {
    return this.frames
      .filter((frame) => frame.type === 'event' && frame.channel === channel)
      .map(({ offset }) => offset);
  }
}
