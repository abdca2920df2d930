/** A listening port that can be shut, so that connecting is refused, and opened again under the same number. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FaultProxyError } from './errors.ts';
import { type Timings, within } from './timings.ts';

const HOST = '127.0.0.1';
/** Connections that wait to be accepted: ten thousand clients come back in one burst. The kernel's somaxconn may lower it. */
const BACKLOG = 4_096;
const STEP_MS = 5_000;

export class Listener {
  readonly #onSocket: (socket: Socket) => void;
  readonly #timings: Timings;
  #server: Server | undefined;
  #reservation: Socket[] = [];
  #port: number;
  /** Each opening and shutting waits for the one before. */
  #turn: Promise<void> = Promise.resolve();

  /** @param port 0 for a free one. */
  constructor(port: number, timings: Timings, onSocket: (socket: Socket) => void) {
    this.#port = port;
    this.#timings = timings;
    this.#onSocket = onSocket;
  }

  get port(): number {
    return this.#port;
  }

  /**
   * Connections are accepted from now on.
   * @throws {FaultProxyError} `cannot-listen`.
   */
  open(): Promise<void> {
    return this.#next('the port to open', () => this.#open());
  }

  /** Connecting fails with ECONNREFUSED from now on; the port stays ours. */
  refuse(): Promise<void> {
    return this.#next('the port to be reserved', async () => {
      if (!this.#shut()) return;
      this.#reservation = await reserve(this.#port);
    });
  }

  /** Gives the port back. */
  close(): Promise<void> {
    return this.#next('the port to shut', async () => {
      this.#shut();
      this.#release();
    });
  }

  #next(name: string, step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => within(this.#timings, name, STEP_MS, step()));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #open(): Promise<void> {
    if (this.#server) return;
    this.#release();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#onSocket);
    server.listen({ host: HOST, port: this.#port, backlog: BACKLOG });
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new FaultProxyError(
        'cannot-listen',
        `expected to listen on ${HOST}:${this.#port}, got "${(cause as Error).message}"; free the port or pass another`,
        { cause },
      );
    }
    const address = server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
    this.#server = server;
  }

  /** The kernel closes the port within the call; the server object lives on until its last connection ends. */
  #shut(): boolean {
    if (!this.#server) return false;
    this.#server.close();
    this.#server = undefined;
    return true;
  }

  #release(): void {
    for (const socket of this.#reservation) socket.resetAndDestroy();
    this.#reservation = [];
  }
}

/**
 * Keeps a port from everyone else without listening on it: as the local end of a connection of our own.
 * Otherwise another server might be given the number meanwhile, or a client that retries might be given it as its own
 * source port and connect to itself (TCP's simultaneous open). Where it fails the port is merely not reserved.
 */
async function reserve(port: number): Promise<Socket[]> {
  const keeper = createServer();
  keeper.listen({ host: HOST, port: 0 });
  await once(keeper, 'listening');
  const address = keeper.address();
  const accepted: Socket[] = [];
  keeper.on('connection', (socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
  });
  const own = connect({
    host: HOST,
    port: typeof address === 'object' && address ? address.port : 0,
    localAddress: HOST,
    localPort: port,
  });
  own.on('error', () => undefined);
  await Promise.race([
    Promise.all([once(own, 'connect'), once(keeper, 'connection')]).catch(() => undefined),
    once(own, 'close').catch(() => undefined),
  ]);
  keeper.close();
  return [own, ...accepted];
}
