/** A TCP proxy on the loopback that breaks real connections on command: for each socket between a client and a server under test. */
import { isIPv4, type Socket } from 'node:net';
import { Connection, type ConnectionLimits, type ConnectionSnapshot, type Target } from './connection.ts';
import { FaultProxyError } from './errors.ts';
import {
  type Admission,
  type ConnectionFault,
  type Fault,
  type FaultInput,
  faultSchema,
  isStanding,
  type Outage,
  parse,
} from './fault.ts';
import { FaultLog, type FaultLogEntry } from './fault-log.ts';
import { Listener } from './listener.ts';
import { type FaultScheduleInput, faultScheduleSchema, playSchedule } from './schedule.ts';
import { StandingFaults } from './standing-faults.ts';
import { realTimings, type Timings, within } from './timings.ts';

export interface FaultProxyOptions {
  /** Where connections go, or a function asked at each one. Must be on the loopback. */
  target: Target | (() => Target);
  /** To listen on, at 127.0.0.1. Default: a free one. */
  port?: number;
  /** Seeded, for runs that repeat: two draws a connection. Default `Math.random`. */
  random?: () => number;
  /** Default: the machine's. */
  timings?: Timings;
  /**
   * Called with each connection before a byte is read, to apply faults to it and, by what it returns, to decide its admission.
   * Default, and for `undefined`: `forward`. Not asked while the whole proxy admits otherwise.
   */
  onConnection?: (connection: Connection) => Exclude<Admission, 'refuse'> | undefined;
  /** Bytes held in each direction of a connection before its sender is paused. Default 1 MiB; one read more (64 KiB) may be held. */
  buffer_bytes?: number;
  /** For the target to accept a connection, before the client is reset. Default 10,000 ms. */
  connect_ms?: number;
  /** After a cut by FIN, for the peers to end too, before the sockets are destroyed. Default 1,000 ms. */
  linger_ms?: number;
}

export interface FaultProxySnapshot {
  admission: Admission;
  /** Taken from the kernel. Those refused by a shut port never come this far: the kernel answers them and does not count. */
  accepted: number;
  /** Accepted and reset at once. */
  refused: number;
  open: number;
  /** Ended by a fault. */
  cut: number;
  /** All that are open, and the last 10,000 closed. */
  connections: ConnectionSnapshot[];
}

const CLOSED_KEPT_MAX = 10_000;
const LOG_ENTRIES_MAX = 100_000;
const READ_MS = 1_000;
const CLOSE_MS = 5_000;

export class FaultProxy {
  readonly host = '127.0.0.1';
  readonly #options: FaultProxyOptions;
  readonly #timings: Timings;
  readonly #limits: ConnectionLimits;
  readonly #listener: Listener;
  readonly #log: FaultLog;
  readonly #standing = new StandingFaults();
  readonly #open = new Map<number, Connection>();
  readonly #closed: ConnectionSnapshot[] = [];
  readonly #stalledByOutage = new Set<Connection>();
  readonly #closing = new AbortController();
  #closure: Promise<void> | undefined;
  #admission: Admission = 'forward';
  #accepted = 0;
  #refused = 0;

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#timings = options.timings ?? realTimings;
    this.#log = new FaultLog(this.#timings, LOG_ENTRIES_MAX);
    this.#listener = new Listener(options.port ?? 0, this.#timings, (socket) => this.#accept(socket));
    this.#limits = {
      buffer_bytes: options.buffer_bytes ?? 1_048_576,
      connect_ms: options.connect_ms ?? 10_000,
      linger_ms: options.linger_ms ?? 1_000,
      read_ms: READ_MS,
    };
  }

  /**
   * A proxy that listens and forwards, without any fault.
   * @throws {FaultProxyError} `target-not-loopback`, `cannot-listen`.
   */
  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    if (typeof options.target !== 'function') onLoopback(options.target);
    const proxy = new FaultProxy(options);
    await proxy.#listener.open();
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Those that are open, in the order of acceptance. */
  get connections(): Connection[] {
    return [...this.#open.values()];
  }

  /** What was done, in order: the first 100,000 entries. */
  get log(): readonly FaultLogEntry[] {
    return this.#log.entries();
  }

  /**
   * Applies a fault to the whole proxy. A standing one holds for all open connections and those to come, until healed;
   * `cut` is for those open now. On connections it is done when the call returns; the promise resolves when the port is
   * open or shut as asked.
   * @throws {FaultProxyError} `fault-invalid`, `proxy-closed`, `cannot-listen`.
   */
  async apply(fault: FaultInput): Promise<void> {
    const parsed = parse(faultSchema, fault);
    if (this.#closure) {
      throw new FaultProxyError('proxy-closed', `expected an open proxy, got "${parsed.kind}" after close()`);
    }
    this.#log.add({ event: 'applied', fault: parsed });
    if (parsed.kind === 'admit') return this.#admit(parsed.how);
    if (parsed.kind === 'outage') return this.#beginOutage(parsed);
    if (parsed.kind === 'restore') return this.#endOutage();
    if (isStanding(parsed)) this.#standing.add(parsed);
    else if (parsed.kind === 'heal') this.#standing.heal(parsed, true);
    this.#imposeOnAll(parsed);
  }

  /** Short for the fault `outage`. Default: the port refuses and all open connections are reset. */
  outage(outage: Omit<Extract<FaultInput, { kind: 'outage' }>, 'kind'> = { how: 'refuse' }): Promise<void> {
    return this.apply({ kind: 'outage', ...outage });
  }

  /** Short for the fault `restore`: new connections are forwarded, stalled ones go on. */
  restore(): Promise<void> {
    return this.apply({ kind: 'restore' });
  }

  /**
   * Applies each fault of the schedule at its time. Resolves after the last one, or when the proxy is closed or the signal aborts.
   * @throws {FaultProxyError} `fault-invalid` before anything is applied.
   */
  async play(schedule: FaultScheduleInput, signal?: AbortSignal): Promise<void> {
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    await playSchedule(parse(faultScheduleSchema, schedule), this.#timings, stop, async ({ connection, fault }) => {
      if (connection === undefined) return this.apply(fault);
      const open = this.#open.get(connection);
      if (open?.state === 'open') open.apply(fault as ConnectionFault);
      else this.#log.add({ event: 'missed', fault }, connection);
    });
  }

  snapshot(): FaultProxySnapshot {
    return {
      admission: this.#admission,
      accepted: this.#accepted,
      refused: this.#refused,
      open: this.#open.size,
      cut: this.#log.cuts,
      connections: [...this.#closed, ...this.connections.map((connection) => connection.snapshot())],
    };
  }

  /**
   * Resets all connections, gives the port back and ends all timers. May be called more than once.
   * @throws {FaultProxyError} `deadline-passed` if the sockets are not closed within 5 s.
   */
  close(): Promise<void> {
    this.#closure ??= this.#close();
    return this.#closure;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#listener.close();
    const ends = this.connections.map((connection) => connection.closed);
    for (const connection of this.connections) connection.destroy();
    await within(this.#timings, 'the end of all proxied connections', CLOSE_MS, Promise.all(ends));
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const connection = new Connection({
      id: this.#accepted,
      client,
      random: this.#options.random ?? Math.random,
      timings: this.#timings,
      log: this.#log,
      limits: this.#limits,
    });
    this.#open.set(connection.id, connection);
    void connection.closed.then(() => this.#forget(connection));
    for (const fault of this.#standing.list()) connection.impose(fault);
    try {
      this.#begin(connection);
    } catch (error) {
      this.#log.add({ event: 'policy-failed', error: String(error) }, connection.id);
      connection.refuse();
    }
  }

  #begin(connection: Connection): void {
    // A connection the kernel had accepted before the port was shut is reset, as the kernel would have done.
    const own = this.#admission === 'refuse' || this.#closure ? 'reset' : this.#admission;
    const admission = own === 'forward' ? (this.#options.onConnection?.(connection) ?? own) : own;
    if (admission === 'silence') connection.silence();
    else if (admission === 'forward') connection.forward(this.#target());
    else {
      this.#refused += 1;
      connection.refuse();
    }
  }

  #target(): Target {
    const { target } = this.#options;
    return onLoopback(typeof target === 'function' ? target() : target);
  }

  #forget(connection: Connection): void {
    this.#open.delete(connection.id);
    this.#stalledByOutage.delete(connection);
    this.#closed.push(connection.snapshot());
    if (this.#closed.length > CLOSED_KEPT_MAX) this.#closed.shift();
  }

  #admit(how: Admission): Promise<void> {
    this.#admission = how;
    return how === 'refuse' ? this.#listener.refuse() : this.#listener.open();
  }

  #beginOutage(outage: Outage): Promise<void> {
    const admitted = this.#admit(outage.how);
    const current = outage.current ?? (outage.how === 'refuse' ? 'rst' : 'swallow');
    if (current === 'fin' || current === 'rst') this.#imposeOnAll({ kind: 'cut', how: current }, 'outage');
    if (current === 'swallow') this.#imposeOnAll({ kind: 'swallow', direction: 'both', permanent: true });
    if (current === 'stall') {
      this.#imposeOnAll({ kind: 'stall', direction: 'both' });
      for (const connection of this.connections) this.#stalledByOutage.add(connection);
    }
    return admitted;
  }

  #endOutage(): Promise<void> {
    for (const connection of this.#stalledByOutage)
      connection.impose({ kind: 'heal', of: ['stall'], direction: 'both' });
    this.#stalledByOutage.clear();
    return this.#admit('forward');
  }

  #imposeOnAll(fault: Exclude<Fault, { kind: 'admit' | 'outage' | 'restore' }>, because?: 'outage'): void {
    for (const connection of this.connections) connection.impose(fault, because);
  }
}

function onLoopback(target: Target): Target {
  const { host } = target;
  if (host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))) return target;
  throw new FaultProxyError(
    'target-not-loopback',
    `expected a target on this machine (127.0.0.0/8, ::1, localhost), got "${host}"; the proxy never leaves the loopback`,
  );
}
