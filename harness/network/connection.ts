/** A client's connection through the proxy: two sockets, a pipe each way, and the faults in force on them. */
import { connect, type Socket } from 'node:net';
import { forkRandom } from '../random/random.ts';
import {
  type Admission,
  type ConnectionFault,
  type ConnectionFaultInput,
  connectionFaultSchema,
  type Direction,
  directionsOf,
  type HowToCut,
  isStanding,
  parse,
  type StandingFault,
} from './fault.ts';
import type { CutReason, FaultEvent, FaultLog } from './fault-log.ts';
import { IdleTimer } from './idle-timer.ts';
import { untilReadByPeers } from './peer-reads.ts';
import { Pipe, type PipeSnapshot } from './pipe.ts';
import { enforce, lift } from './pipe-faults.ts';
import { reset } from './reset.ts';
import { StandingFaults } from './standing-faults.ts';
import type { Timings } from './timings.ts';

/** Where connections go: a server on this machine. */
export interface Target {
  host: string;
  port: number;
}

/** How long each wait of a connection may be, and how much it may hold. */
export interface ConnectionLimits {
  /** Bytes held a direction before the sender is paused. */
  buffer_bytes: number;
  /** For the target to accept. */
  connect_ms: number;
  /** After a cut by FIN, for the peers to end too, before the sockets are destroyed. */
  linger_ms: number;
  /** Before an RST in mid-stream, for the peers to read what was written. */
  read_ms: number;
}

export type ConnectionState = 'open' | 'cutting' | 'closed';

/** A connection at one moment. Times are milliseconds since the proxy started. */
export interface ConnectionSnapshot {
  id: number;
  state: ConnectionState;
  admission: Exclude<Admission, 'refuse'>;
  /** The client's port, to find it in other logs. */
  client_port: number | undefined;
  opened_at_ms: number;
  closed_at_ms: number | null;
  faults: StandingFault[];
  clientToServer: PipeSnapshot;
  serverToClient: PipeSnapshot;
}

export class Connection {
  /** In the order of acceptance, from 1. */
  readonly id: number;
  readonly #client: Socket;
  #server: Socket | undefined;
  readonly #pipes: Record<Direction, Pipe>;
  readonly #faults = new StandingFaults();
  readonly #idle: IdleTimer;
  readonly #timings: Timings;
  readonly #log: FaultLog;
  readonly #limits: ConnectionLimits;
  readonly #opened_at_ms: number;
  readonly #clientPort: number | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #closed_at_ms: number | null = null;
  #state: ConnectionState = 'open';
  #admission: Exclude<Admission, 'refuse'> = 'forward';
  readonly #destroyed = new AbortController();
  #connectTimer: unknown;
  #lingerTimer: unknown;

  /** Made by the proxy alone, for a socket it has accepted. */
  constructor(options: {
    id: number;
    client: Socket;
    random: () => number;
    timings: Timings;
    log: FaultLog;
    limits: ConnectionLimits;
  }) {
    this.id = options.id;
    this.#client = options.client;
    this.#timings = options.timings;
    this.#log = options.log;
    this.#limits = options.limits;
    this.#opened_at_ms = options.log.now_ms();
    this.#clientPort = options.client.remotePort;
    this.#idle = new IdleTimer(options.timings, () => this.#onIdle());
    this.#pipes = {
      'client-to-server': this.#makePipe('client-to-server', options.random),
      'server-to-client': this.#makePipe('server-to-client', options.random),
    };
    this.#watch(options.client, 'client-to-server', 'server-to-client');
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Settled when both sockets are closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Applies a fault to this connection, now. On a connection that is cut or closed it does nothing.
   *
   * Of `cut-after` this is guaranteed: the N bytes are the next N to be delivered in the direction, those that travel already
   * included; no byte more is delivered in that direction, and none that the proxy still holds in the other. With `fin` TCP
   * delivers all N to a peer that reads. With `rst` they might be lost, because a kernel drops what is unsent when it resets and
   * Node drops what is unread when it is reset: so the RST waits until both peers' processes have read all that was written to
   * them, by the kernel's own account (a stream paused inside a peer may still drop what its process has read). It goes out without that after a second, or at once where the kernel does not tell (not Linux) or the
   * peer is in another network namespace; the log's `unread_bytes` says what was open then.
   *
   * @throws {FaultProxyError} `fault-invalid`.
   */
  apply(fault: ConnectionFaultInput): void {
    const parsed = parse(connectionFaultSchema, fault);
    if (this.#state !== 'open') return;
    this.#note({ event: 'applied', fault: parsed });
    this.impose(parsed);
  }

  /** Applies a fault that the proxy has checked and logged. */
  impose(fault: ConnectionFault, because: CutReason = 'cut'): void {
    if (this.#state !== 'open') return;
    if (isStanding(fault)) {
      this.#faults.add(fault);
      this.#enforce(fault);
    } else if (fault.kind === 'heal') {
      for (const healed of this.#faults.heal(fault)) this.#lift(healed);
    } else {
      this.#cut(fault.how, because);
    }
  }

  snapshot(): ConnectionSnapshot {
    return {
      id: this.id,
      state: this.#state,
      admission: this.#admission,
      client_port: this.#clientPort,
      opened_at_ms: this.#opened_at_ms,
      closed_at_ms: this.#closed_at_ms,
      faults: this.#faults.list(),
      clientToServer: this.#pipes['client-to-server'].snapshot(),
      serverToClient: this.#pipes['server-to-client'].snapshot(),
    };
  }

  /** Connects to the target and lets bytes through. */
  forward(target: Target): void {
    if (this.#state !== 'open') return;
    const server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#server = server;
    this.#watch(server, 'server-to-client', 'client-to-server');
    this.#connectTimer = this.#timings.setTimeout(() => {
      server.destroy(new Error(`expected the target to accept within ${this.#limits.connect_ms} ms`));
    }, this.#limits.connect_ms);
    const onError = (error: Error) => this.#note({ event: 'target-failed', error: error.message });
    server.once('error', onError);
    server.once('connect', () => {
      this.#timings.clearTimeout(this.#connectTimer);
      server.off('error', onError);
    });
    this.#pipes['client-to-server'].connect(this.#client, server);
    this.#pipes['server-to-client'].connect(server, this.#client);
  }

  /** Reads what the client sends, swallows it, and never answers. */
  silence(): void {
    this.#admission = 'silence';
    if (this.#state !== 'open') return;
    this.impose({ kind: 'swallow', direction: 'both', permanent: true });
    this.#pipes['client-to-server'].connect(this.#client, undefined);
  }

  /** Resets the client without ever asking the target. */
  refuse(): void {
    this.#admission = 'reset';
    this.destroy();
  }

  /** Resets both sockets, whatever state they are in. */
  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'cutting';
    this.#destroyed.abort();
    this.#stopTimers();
    reset(this.#client);
    if (this.#server) reset(this.#server);
  }

  #makePipe(direction: Direction, random: () => number): Pipe {
    return new Pipe({
      direction,
      random: forkRandom(random),
      timings: this.#timings,
      limit_bytes: this.#limits.buffer_bytes,
      events: {
        received: () => this.#idle.touch(),
        withheld: (what) => this.#note({ event: 'withheld', what, direction }),
        reset: () => {
          const receiver = direction === 'client-to-server' ? this.#server : this.#client;
          if (receiver) reset(receiver);
        },
        deadEnd: () => this.#opposite(direction).sourceLost(),
        cutDue: (how) => void this.#cutInMidStream(how),
      },
    });
  }

  #opposite(direction: Direction): Pipe {
    return this.#pipes[direction === 'client-to-server' ? 'server-to-client' : 'client-to-server'];
  }

  /** A socket that closes with an error was reset, or could not be reached; its peer is told by an RST. */
  #watch(socket: Socket, from: Direction, to: Direction): void {
    let failed = false;
    socket.on('error', () => {
      failed = true;
    });
    socket.on('close', () => {
      this.#pipes[to].sinkLost();
      if (failed && this.#state === 'open') this.#pipes[from].sourceLost();
      if (this.#client.closed && (this.#server?.closed ?? true)) this.#settle();
    });
  }

  #enforce(fault: StandingFault): void {
    if (fault.kind === 'idle') this.#idle.start(fault.ms);
    else for (const direction of directionsOf(fault.direction)) enforce(this.#pipes[direction], fault);
  }

  #lift(fault: StandingFault): void {
    if (fault.kind === 'idle') this.#idle.stop();
    else for (const direction of directionsOf(fault.direction)) lift(this.#pipes[direction], fault);
  }

  #onIdle(): void {
    const idle = this.#faults.list().find((fault) => fault.kind === 'idle');
    if (!idle || this.#state !== 'open') return;
    if (idle.how === 'silence') {
      this.#note({ event: 'silenced' });
      this.impose({ kind: 'swallow', direction: 'both', permanent: true });
    } else {
      this.#cut(idle.how, 'idle');
    }
  }

  #cut(how: HowToCut, because: CutReason, unread_bytes?: number): void {
    this.#note({ event: 'cut', how, because, ...(unread_bytes === undefined ? {} : { unread_bytes }) });
    if (how === 'fin') this.#finish();
    else this.destroy();
  }

  /** A FIN to both peers behind what was written to them; then reads on until they end too. */
  #finish(): void {
    this.#state = 'cutting';
    this.#stopTimers();
    this.#client.end();
    this.#client.resume();
    this.#server?.end();
    this.#lingerTimer = this.#timings.setTimeout(() => {
      this.#client.destroy();
      this.#server?.destroy();
    }, this.#limits.linger_ms);
  }

  async #cutInMidStream(how: HowToCut): Promise<void> {
    this.#state = 'cutting';
    if (how === 'fin') {
      this.#cut(how, 'cut-after');
      return;
    }
    for (const pipe of this.#bothPipes) pipe.freeze();
    const unread_bytes = await untilReadByPeers(
      this.#server ? [this.#client, this.#server] : [this.#client],
      () => this.#bothPipes.reduce((sum, pipe) => sum + pipe.unflushed_bytes, 0),
      this.#timings,
      this.#timings.now_ms() + this.#limits.read_ms,
      this.#destroyed.signal,
    );
    if (!this.#destroyed.signal.aborted) this.#cut(how, 'cut-after', unread_bytes);
  }

  get #bothPipes(): Pipe[] {
    return Object.values(this.#pipes);
  }

  #stopTimers(): void {
    this.#timings.clearTimeout(this.#connectTimer);
    this.#timings.clearTimeout(this.#lingerTimer);
    this.#idle.stop();
    for (const pipe of this.#bothPipes) pipe.discard();
  }

  #settle(): void {
    if (this.#state === 'closed') return;
    this.#stopTimers();
    this.#state = 'closed';
    this.#closed_at_ms = this.#log.now_ms();
    this.#closed.resolve();
  }

  #note(event: FaultEvent): void {
    this.#log.add(event, this.id);
  }
}
