/** Real clients and servers that note what they see, and waits with a name and a deadline. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { FaultProxy, type FaultProxyOptions } from '../proxy.ts';

const DEADLINE_MS = 10_000;

/** Resolves when the predicate holds, looking again and again. */
export async function eventually(name: string, holds: () => boolean, deadline_ms = DEADLINE_MS): Promise<void> {
  const end_ms = performance.now() + deadline_ms;
  while (!holds()) {
    if (performance.now() > end_ms) throw new Error(`expected within ${deadline_ms} ms: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** One end of a connection and all that happened to it: `connect`, `end`, an error's code, `close`. */
export class Peer {
  readonly socket: Socket;
  readonly events: string[] = [];
  readonly #chunks: Buffer[] = [];
  received_bytes = 0;

  constructor(socket: Socket, options: { reading: boolean } = { reading: true }) {
    this.socket = socket;
    for (const event of ['connect', 'end', 'close']) socket.on(event, () => this.events.push(event));
    socket.on('error', (error: NodeJS.ErrnoException) => this.events.push(error.code ?? error.message));
    if (options.reading) this.read();
  }

  read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.received_bytes += chunk.length;
    });
    this.socket.resume();
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  async sees(event: string): Promise<void> {
    await eventually(`the event ${event}, after ${this.events.join(', ') || 'none'}`, () =>
      this.events.includes(event),
    );
  }

  async receives(bytes: number): Promise<void> {
    await eventually(`${bytes} bytes, of which ${this.received_bytes} are there`, () => this.received_bytes >= bytes);
  }
}

/** A server that takes whatever comes. Sockets in it are half-open-capable, so that an `end` is seen and not answered. */
export class PlainServer implements AsyncDisposable {
  readonly peers: Peer[] = [];
  readonly #server;
  readonly #onPeer: (peer: Peer) => void;

  private constructor(onPeer: (peer: Peer) => void, reading: boolean) {
    this.#onPeer = onPeer;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: !reading }, (socket) => {
      const peer = new Peer(socket, { reading });
      this.peers.push(peer);
      this.#onPeer(peer);
    });
  }

  static async start(onPeer: (peer: Peer) => void = () => undefined, reading = true): Promise<PlainServer> {
    const server = new PlainServer(onPeer, reading);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** A server that sends back what it gets, and ends when its client does. */
  static echo(): Promise<PlainServer> {
    return PlainServer.start(({ socket }) => socket.pipe(socket));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get target() {
    return { host: '127.0.0.1', port: this.port };
  }

  async peer(index = 0): Promise<Peer> {
    await eventually(`connection ${index} at the server`, () => this.peers.length > index);
    return this.peers[index] as Peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A client of the port, connected or not. */
export function dial(port: number, options: { reading: boolean } = { reading: true }): Peer {
  return new Peer(connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }), options);
}

/** A server, a proxy before it and one client through it, each end in hand. */
export async function path(options: Partial<FaultProxyOptions> = {}, server?: PlainServer) {
  const behind = server ?? (await PlainServer.start());
  const proxy = await FaultProxy.start({ target: behind.target, ...options });
  const client = dial(proxy.port);
  await client.sees('connect');
  const serverPeer = await behind.peer();
  const [connection] = proxy.connections;
  if (!connection) throw new Error('expected a connection in the proxy');
  return {
    server: behind,
    proxy,
    connection,
    client,
    serverPeer,
    async [Symbol.asyncDispose]() {
      client.socket.destroy();
      await proxy.close();
      await behind[Symbol.asyncDispose]();
    },
  };
}

/** A whole round trip on a fresh connection: what was on its way before it has been seen by all ends after it. */
export async function roundTrip(port: number): Promise<void> {
  const peer = dial(port);
  peer.socket.write('there and back');
  await peer.receives(14);
  peer.socket.destroy();
  await peer.sees('close');
}
