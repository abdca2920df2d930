/** The event log in Redis Streams (Redis ≥ 6.2 or Valkey): appending and reading back. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { toLogEvent } from './entries.ts';
import { type Appended, EventLogError, type History, type HistoryReader, type Position } from './event-log.ts';
import { type Script, scripts } from './scripts.ts';

export interface RedisEventLogOptions {
  /** `redis://host:port` */
  readonly url: string;
  /** Events kept in each channel; older ones are trimmed. @default 10_000 */
  readonly maxEvents?: number;
  /** More missed events than this are not replayed but told as a gap. @default 10_000 */
  readonly historyLimit?: number;
  /** Events in one answer of `history`. @default 256 */
  readonly page?: number;
  /** Payloads in one answer of `history`, which holds one event in any case. @default 1_048_576 */
  readonly page_bytes?: number;
  /** Largest payload. @default 65_536 */
  readonly maxPayload_bytes?: number;
  /** How long a call waits for a connection, and how long for its answer. @default 3_000 */
  readonly timeout_ms?: number;
  /** Hears of lost connections; calls that fail because of them reject on their own. */
  readonly onConnectionError?: (error: Error) => void;
}

/** Of a channel that is forgotten a restarted server's log begins anew, although it may be whole. */
const MAX_LEFT = 10_000;

export class RedisEventLog implements HistoryReader {
  readonly #redis: Redis;
  readonly #timeout_ms: number;
  /** Calls that wait for a connection. */
  readonly #waiting = new Set<() => void>();
  readonly #maxEvents: number;
  readonly #historyLimit: number;
  readonly #page: number;
  readonly #page_bytes: number;
  readonly #maxPayload_bytes: number;
  /** Where this writer left each channel: whether a server that restarted still has it all. The oldest are forgotten. */
  readonly #left = new Map<string, Position>();

  constructor(options: RedisEventLogOptions) {
    const timeout_ms = options.timeout_ms ?? 3_000;
    this.#timeout_ms = timeout_ms;
    this.#maxEvents = options.maxEvents ?? 10_000;
    this.#historyLimit = options.historyLimit ?? 10_000;
    this.#page = options.page ?? 256;
    this.#page_bytes = options.page_bytes ?? 1_048_576;
    this.#maxPayload_bytes = options.maxPayload_bytes ?? 65_536;
    this.#redis = new Redis(options.url, {
      connectionName: 'event-log',
      protocol: 2,
      // A call that was given up must not be sent later: see `#run`, which waits for a connection itself.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: timeout_ms,
      socketTimeout: timeout_ms,
      retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    });
    this.#redis.on('error', options.onConnectionError ?? (() => {}));
    for (const event of ['ready', 'end']) {
      this.#redis.on(event, () => {
        for (const wake of this.#waiting) wake();
      });
    }
  }

  /**
   * Appends an event, once for each sequence: a sequence not above the channel's last is ignored, so the caller may
   * repeat what it is not sure of. Sequences rise in the order of appending; holes between them are fine.
   * A sequence of another `source` is not compared with the last one but begins a new epoch: the events before it may
   * not be those of this source. So does the next event when the log does not stand where this writer left it and its server may
   * have lost the rest.
   * `confirmed` is the last sequence of the channel that the caller will not repeat, since it knows that it was appended: with it the log of a server that restarted goes on, unless that one is lost.
   * @throws {EventLogError} when the payload is not JSON or too large, or the sequence is not a positive integer.
   */
  async append(channel: string, sequence: number, payload: string, source = '', confirmed?: number): Promise<Appended> {
    this.#check(channel, sequence, payload);
    const left = this.#left.get(channel);
    const from = [left?.epoch ?? '', left?.offset ?? 0];
    const args = [freshEpoch(), sequence, payload, this.#maxEvents, ...from, source, confirmed ?? ''];
    const [epoch, offset, duplicate] = (await this.#run(scripts.append, channel, args)) as [string, number, number];
    this.#leave(channel, { epoch, offset });
    return { epoch, offset, duplicate: duplicate === 1 };
  }

  async history(channel: string, since?: Position): Promise<History> {
    const from = [since?.epoch ?? '', since?.offset ?? 0];
    const args = [freshEpoch(), ...from, this.#historyLimit, this.#page, this.#page_bytes];
    const [epoch, offset, recovered, entries] = (await this.#run(scripts.history, channel, args)) as [
      string,
      number,
      number,
      [string, string[]][],
    ];
    return { epoch, offset, recovered: recovered === 1, events: entries.map((entry) => toLogEvent(channel, entry)) };
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** Repeats what was cut off by a lost connection: both scripts may run twice. */
  async #run(script: Script, channel: string, args: readonly (string | number)[]): Promise<unknown> {
    const end_ms = performance.now() + this.#timeout_ms;
    const isUp = () => this.#redis.status === 'ready' && this.#redis.stream.writable;
    for (;;) {
      if (!isUp()) await this.#connection(end_ms - performance.now());
      if (!isUp()) throw new Error(`no connection to Redis within ${this.#timeout_ms} ms`);
      try {
        return await script.run(this.#redis, channel, args);
      } catch (error) {
        if (isUp()) throw error;
      }
    }
  }

  /** Resolves when there is a connection, when there will be none any more, or when the time is up. */
  #connection(timeout_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeout_ms);
      this.#waiting.add(wake);
    });
  }

  #leave(channel: string, position: Position): void {
    this.#left.delete(channel);
    this.#left.set(channel, position);
    if (this.#left.size > MAX_LEFT) for (const oldest of this.#left.keys()) return void this.#left.delete(oldest);
  }

  #check(channel: string, sequence: number, payload: string): void {
    if (!Number.isSafeInteger(sequence) || sequence < 1) {
      throw new EventLogError('bad-sequence', `${channel}: expected a positive integer as sequence, got ${sequence}`);
    }
    const size_bytes = Buffer.byteLength(payload);
    if (size_bytes > this.#maxPayload_bytes) {
      const message = `${channel} #${sequence}: payload of ${size_bytes} bytes > ${this.#maxPayload_bytes}; send a reference`;
      throw new EventLogError('payload-too-large', message);
    }
    try {
      JSON.parse(payload);
    } catch (cause) {
      throw new EventLogError('payload-not-json', `${channel} #${sequence}: the payload is not JSON: ${String(cause)}`);
    }
  }
}

/** Given to each script call, in case a log must begin: scripts may not draw random numbers that are replicated. */
export function freshEpoch(): string {
  return randomBytes(8).toString('hex');
}
