/**
 * The engine's end of the job stream: a Redis consumer group that gives each job to one engine at a time.
 *
 * Jobs are taken one by one, so that the group's delivery count is the number of attempts begun: a job that kills the
 * process counts, one that merely waited beside it does not. A settled job leaves the stream, which so holds only what
 * is still to be done.
 */
import { type Redis, ReplyError } from 'ioredis';
import { deadJobStream, jobField, jobStream } from '../jobs.ts';

const group = 'eval-engine';
const block_ms = 500;
/** Dead jobs kept for inspection; what failed for good stands in the database as well. */
const deadJobs_max = 10_000;

/** One delivery of a stream entry. */
export interface Delivery {
  readonly entry: string;
  /** What the job's field holds; `undefined` when the entry has none. */
  readonly text: string | undefined;
  /** Attempts begun, this one included. */
  readonly attempt: number;
}

type Entry = [id: string, fields: string[] | null];

export interface JobQueueOptions {
  /** A connection that nothing else uses, as reading blocks it. */
  readonly redis: Redis;
  /** This engine's name in the group. */
  readonly consumer: string;
  /** A job that was not settled for so long is attempted again, by whoever comes first. */
  readonly retryIdle_ms: number;
}

export class JobQueue {
  readonly #redis: Redis;
  readonly #consumer: string;
  readonly #retryIdle_ms: number;
  #claimCursor = '0-0';

  constructor({ redis, consumer, retryIdle_ms }: JobQueueOptions) {
    this.#redis = redis;
    this.#consumer = consumer;
    this.#retryIdle_ms = retryIdle_ms;
  }

  /** Creates the stream and the group where they are not there. */
  async prepare(): Promise<void> {
    try {
      await this.#redis.xgroup('CREATE', jobStream, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!isReply(error, 'BUSYGROUP')) throw error;
    }
  }

  /** The next job, an unsettled one first; `undefined` when none came for a short while. */
  async next(): Promise<Delivery | undefined> {
    try {
      return (await this.#claim()) ?? (await this.#read());
    } catch (error) {
      // The server lost its data, and the group with it.
      if (!isReply(error, 'NOGROUP')) throw error;
      await this.prepare();
      return undefined;
    }
  }

  /**
   * Keeps the others from claiming the job while it is at work, however long PostgreSQL is away: each claim would count
   * as an attempt. An engine that dies holds it no longer.
   * @returns a function that ends it
   */
  hold({ entry }: Delivery): () => void {
    const refresh = () => {
      this.#redis.xclaim(jobStream, group, this.#consumer, 0, entry, 'JUSTID').catch(() => {});
    };
    const timer = setInterval(refresh, this.#retryIdle_ms / 4);
    return () => clearInterval(timer);
  }

  /** The job is settled. */
  async acknowledge({ entry }: Delivery): Promise<void> {
    await this.#settle(entry);
  }

  /** The job is given up: it moves to the dead jobs, with the reason. */
  async bury({ entry, text, attempt }: Delivery, reason: string): Promise<void> {
    await this.#settle(entry, [jobField, text ?? '', 'error', reason, 'entry', entry, 'attempts', String(attempt)]);
  }

  /** One transaction, so that a job is never both settled and still there, nor dead twice. */
  async #settle(entry: string, deadFields?: string[]): Promise<void> {
    const transaction = this.#redis.multi();
    if (deadFields !== undefined) transaction.xadd(deadJobStream, 'MAXLEN', '~', deadJobs_max, '*', ...deadFields);
    transaction.xack(jobStream, group, entry).xdel(jobStream, entry);
    const replies = await transaction.exec().catch((error) => {
      // EXECABORT says only that a command was refused; the command's own error says why.
      throw error.previousErrors?.[0] ?? error;
    });
    if (replies === null) throw new Error(`settling ${entry}: the transaction was discarded`);
    for (const [error] of replies) if (error) throw error;
  }

  async #claim(): Promise<Delivery | undefined> {
    const [cursor, entries] = (await this.#redis.xautoclaim(
      jobStream,
      group,
      this.#consumer,
      this.#retryIdle_ms,
      this.#claimCursor,
      'COUNT',
      1,
    )) as [string, Entry[]];
    this.#claimCursor = cursor;
    const [entry] = entries;
    if (!entry?.[1]) return undefined;
    const pending = (await this.#redis.xpending(jobStream, group, entry[0], entry[0], 1)) as [
      [id: string, consumer: string, idle_ms: number, deliveries: number]?,
    ];
    return toDelivery(entry, pending[0]?.[3] ?? 1);
  }

  async #read(): Promise<Delivery | undefined> {
    const reply = (await this.#redis.xreadgroup(
      'GROUP',
      group,
      this.#consumer,
      'COUNT',
      1,
      'BLOCK',
      // No longer than until the next job may be claimed.
      Math.min(block_ms, this.#retryIdle_ms),
      'STREAMS',
      jobStream,
      '>',
    )) as [stream: string, entries: Entry[]][] | null;
    const entry = reply?.[0]?.[1][0];
    return entry && toDelivery(entry, 1);
  }
}

function toDelivery([entry, fields]: Entry, attempt: number): Delivery {
  const at = fields?.findIndex((name, index) => index % 2 === 0 && name === jobField) ?? -1;
  return { entry, text: at < 0 ? undefined : fields?.[at + 1], attempt };
}

function isReply(error: unknown, kind: string): boolean {
  return error instanceof ReplyError && (error as Error).message.startsWith(kind);
}
