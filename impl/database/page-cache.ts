/**
 * Pages in Redis for up to a minute. A page is valid only as long as the event log stands where it stood before the page
 * was read, so an evaluation that is told of is never missing from a list; the age bounds what no event tells.
 *
 * One reader at a time makes a page, the others of this process wait for it. A page past its age is shown once more
 * while it is made anew. Without Redis every page is read from the database.
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { isRedisAway } from '../services/redis.ts';

export interface PageCacheOptions {
  readonly redis: Redis;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Numbers in [0, 1). @default Math.random */
  readonly random?: () => number;
}

/** How old a page may be. */
const age_ms = 60_000;
/** For how long after that it may be shown while it is made anew. */
const stale_ms = 30_000;
/** Pages made in one moment shall not all grow old in another: each is fresh for up to this part less. */
const JITTER = 0.1;

interface Entry {
  readonly version: string;
  readonly freshUntil_ms: number;
  readonly page: unknown;
}

export class PageCache {
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #answers: Counter<'answer'>;
  /** By key and version: whoever comes under a newer version must not be given an older page. */
  readonly #making = new Map<string, Promise<unknown>>();

  constructor({ redis, logger, metrics, random = Math.random }: PageCacheOptions) {
    this.#redis = redis;
    this.#logger = logger;
    this.#random = random;
    this.#answers = new Counter({
      name: 'tars_evaluation_pages_total',
      help: 'Pages of evaluations, by where they came from',
      labelNames: ['answer'],
      registers: [metrics],
    });
  }

  /** The page of `key`, which `make` reads; `scope` is the agent it is about, or `undefined` for all. */
  async get<T>(key: string, scope: string | undefined, make: () => Promise<T>): Promise<T> {
    let held: { version: string; entry: Entry | undefined };
    try {
      held = await this.#look(key, scope);
    } catch (error) {
      if (!isRedisAway(error)) throw error;
      this.#answers.inc({ answer: 'database' });
      return make();
    }
    const { version, entry } = held;
    if (entry === undefined || entry.version !== version) {
      this.#answers.inc({ answer: this.#making.has(`${key} ${version}`) ? 'shared' : 'miss' });
      return this.#make(key, version, make);
    }
    if (Date.now() > entry.freshUntil_ms) {
      this.#answers.inc({ answer: 'stale' });
      this.#make(key, version, make).catch((err) => this.#logger.warn({ err }, 'a page could not be made anew'));
    } else {
      this.#answers.inc({ answer: 'hit' });
    }
    return entry.page as T;
  }

  /** Pages about the agent, and those about all agents, are made anew from now on. */
  async forget(agentId: string): Promise<void> {
    try {
      const pipeline = this.#redis.pipeline();
      for (const key of [bumpKey(agentId), bumpKey(undefined)])
        pipeline.incr(key).pexpire(key, 2 * (age_ms + stale_ms));
      await pipeline.exec();
    } catch (error) {
      if (!isRedisAway(error)) throw error;
    }
  }

  async #look(key: string, scope: string | undefined): Promise<{ version: string; entry: Entry | undefined }> {
    const channel = scope === undefined ? 'evaluations' : `agents/${scope}`;
    const replies = await this.#redis
      .pipeline()
      .hmget(`events:{${channel}}:meta`, 'epoch', 'offset')
      .get(bumpKey(scope))
      .get(key)
      .exec();
    const [meta, bump, text] = (replies ?? []).map(([error, reply]) => {
      if (error !== null) throw error;
      return reply;
    });
    return { version: JSON.stringify([meta, bump]), entry: typeof text === 'string' ? JSON.parse(text) : undefined };
  }

  #make<T>(key: string, version: string, make: () => Promise<T>): Promise<T> {
    const flight = `${key} ${version}`;
    const under = this.#making.get(flight);
    if (under !== undefined) return under as Promise<T>;
    const made = make();
    this.#making.set(flight, made);
    // Until it is kept: who looked just before would make it once more. A Redis that does not answer holds nobody up.
    made
      .then((page) => this.#keep(key, version, page))
      .catch(() => {})
      .finally(() => this.#making.delete(flight));
    return made;
  }

  async #keep(key: string, version: string, page: unknown): Promise<void> {
    const fresh_ms = Math.round(age_ms * (1 - JITTER * this.#random()));
    const entry: Entry = { version, freshUntil_ms: Date.now() + fresh_ms, page };
    await this.#redis.set(key, JSON.stringify(entry), 'PX', fresh_ms + stale_ms);
  }
}

function bumpKey(scope: string | undefined): string {
  return scope === undefined ? 'cache:evaluations:shown' : `cache:evaluations:shown:${scope}`;
}
