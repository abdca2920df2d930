/**
 * Follows many channels of the event log over one connection that waits in XREAD BLOCK.
 *
 * A channel that joins while the connection waits is let in by CLIENT UNBLOCK from a second connection. After a lost
 * connection, and every few seconds besides, each log is checked to be the one that was followed: XREAD alone would
 * wait for ever behind a log that was flushed and counts from 1 again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { toLogEvent } from './entries.ts';
import type { EventTail, Position, TailListener } from './event-log.ts';
import { freshEpoch } from './redis-event-log.ts';
import { scripts, streamKey } from './scripts.ts';

export interface RedisEventTailOptions {
  /** `redis://host:port` */
  readonly url: string;
  /** How long one read waits for events. @default 5_000 */
  readonly block_ms?: number;
  /** How often the followed logs are checked to be still the same. @default 5_000 */
  readonly check_ms?: number;
  /** Events of one channel in one read. @default 256 */
  readonly count?: number;
  /** Hears of lost connections (the tail reconnects by itself) and of listeners that threw. */
  readonly onError?: (error: Error) => void;
}

interface Follow {
  readonly channel: string;
  readonly epoch: string;
  readonly listener: TailListener;
  offset: number;
}

type Reply = [key: string, entries: [string, string[]][]][] | null;

const RETRY_ms = 100;
const WAKE_RETRY_ms = 5;
/** How long an answer may be late before the connection counts as dead. */
const ANSWER_ms = 3_000;

export class RedisEventTail implements EventTail {
  readonly #reader: Redis;
  readonly #control: Redis;
  readonly #block_ms: number;
  readonly #check_ms: number;
  readonly #count: number;
  readonly #onError: (error: Error) => void;
  readonly #follows = new Map<string, Follow>();
  readonly #running: Promise<void>;
  #closed = false;
  /** Rises with each change of the followed set; a read that knows an older one must be woken. */
  #version = 0;
  #readVersion = 0;
  #reading = false;
  #waking = false;
  #nextCheck_ms = 0;
  #readerId: number | undefined;
  #leaveIdle = () => {};

  constructor(options: RedisEventTailOptions) {
    this.#block_ms = options.block_ms ?? 5_000;
    this.#check_ms = options.check_ms ?? 5_000;
    this.#count = options.count ?? 256;
    this.#onError = options.onError ?? (() => {});
    const retryStrategy = (attempt: number) => Math.min(50 * attempt, 1_000);
    // A command is rejected as soon as its connection is lost, and not repeated: the loop knows where to read on.
    const common = { protocol: 2, maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy } as const;
    this.#reader = new Redis(options.url, {
      ...common,
      connectionName: 'event-tail',
      socketTimeout: this.#block_ms + ANSWER_ms,
    });
    this.#control = new Redis(options.url, {
      ...common,
      connectionName: 'event-tail-control',
      socketTimeout: ANSWER_ms,
      commandTimeout: ANSWER_ms,
    });
    this.#reader.on('error', this.#onError);
    this.#reader.on('close', () => {
      this.#readerId = undefined;
    });
    this.#control.on('error', this.#onError);
    this.#running = this.#run();
  }

  follow(channel: string, from: Position, listener: TailListener): () => void {
    if (this.#closed) throw new Error(`cannot follow ${channel}: the tail is closed`);
    const follow: Follow = { channel, epoch: from.epoch, offset: from.offset, listener };
    this.#follows.set(channel, follow);
    this.#version += 1;
    this.#leaveIdle();
    void this.#wake();
    return () => this.#drop(follow);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#follows.clear();
    this.#leaveIdle();
    this.#reader.disconnect();
    this.#control.disconnect();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        if (this.#follows.size === 0) await this.#idle();
        else {
          this.#readerId ??= (await this.#reader.client('ID')) as number;
          if (performance.now() >= this.#nextCheck_ms) await this.#check();
          await this.#read();
        }
      } catch (error) {
        if (this.#closed) return;
        // While a connection is being made again its own `error` events tell why.
        if (this.#reader.status === 'ready' && this.#control.status === 'ready') this.#onError(error as Error);
        this.#nextCheck_ms = 0;
        await sleep(RETRY_ms);
      }
    }
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#leaveIdle = resolve;
    });
  }

  async #read(): Promise<void> {
    const follows = [...this.#follows.values()];
    if (follows.length === 0) return;
    this.#readVersion = this.#version;
    this.#reading = true;
    try {
      const keys = follows.map((follow) => streamKey(follow.channel));
      const ids = follows.map((follow) => `${follow.offset}-0`);
      const args = ['COUNT', this.#count, 'BLOCK', this.#block_ms, 'STREAMS', ...keys, ...ids];
      const reply = (await this.#reader.call('XREAD', ...args)) as Reply;
      const byKey = new Map(follows.map((follow, index) => [keys[index], follow]));
      for (const [key, entries] of reply ?? []) {
        const follow = byKey.get(key);
        if (follow) for (const entry of entries) this.#deliver(follow, entry);
      }
    } finally {
      this.#reading = false;
    }
  }

  #deliver(follow: Follow, entry: [string, string[]]): void {
    if (this.#follows.get(follow.channel) !== follow) return;
    const event = toLogEvent(follow.channel, entry);
    if (event.epoch !== follow.epoch) this.#break(follow, 'epoch');
    else if (event.offset !== follow.offset + 1) this.#break(follow, 'hole');
    else {
      follow.offset = event.offset;
      this.#tell(() => follow.listener.event(event));
    }
  }

  async #check(): Promise<void> {
    const follows = [...this.#follows.values()];
    const held = await Promise.all(
      follows.map((follow) =>
        scripts.check.run(this.#control, follow.channel, [freshEpoch(), follow.epoch, follow.offset]),
      ),
    );
    this.#nextCheck_ms = performance.now() + this.#check_ms;
    follows.forEach((follow, index) => {
      if (held[index] !== 1) this.#break(follow, 'epoch');
    });
  }

  #break(follow: Follow, reason: 'epoch' | 'hole'): void {
    if (this.#drop(follow)) this.#tell(() => follow.listener.broken(reason));
  }

  #drop(follow: Follow): boolean {
    return this.#follows.get(follow.channel) === follow && this.#follows.delete(follow.channel);
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#onError(error as Error);
    }
  }

  /** Ends the read under way if it does not know the newest channels; repeats, as the read may not have reached Redis yet. */
  async #wake(): Promise<void> {
    if (this.#waking) return;
    this.#waking = true;
    await null; // follows made in the same turn share one wake-up
    while (!this.#closed && this.#reading && this.#readVersion < this.#version && this.#readerId !== undefined) {
      try {
        await this.#control.client('UNBLOCK', this.#readerId);
      } catch {
        // The control connection is being made again; until it is back the read ends by itself after `block_ms`.
      }
      await sleep(WAKE_RETRY_ms);
    }
    this.#waking = false;
  }
}
