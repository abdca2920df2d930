/**
 * A place of one's own on a server that others use too: a PostgreSQL database, a logical Redis database. Each says who
 * its owner is, and each claim first takes back what owners of this host left there when they died.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Client } from 'pg';
import { ownersHere, stateOfOwner, thisOwner } from '../processes/owner.ts';
import { waitUntil } from '../processes/wait.ts';
import { withRedis } from './redis/connect.ts';

const TIMEOUT_MS = 10_000;
const CLAIM_KEY = 'harness:claim';
/** What a server has that was not configured otherwise. */
const REDIS_DATABASES_DEFAULT = 16;

/** `NO_FREE_DATABASE`: each logical database of the Redis server holds keys. `CLAIM_LOST`: ours was flushed by another. */
export class ClaimError extends Error {
  readonly code: 'NO_FREE_DATABASE' | 'CLAIM_LOST';
  override readonly name = 'ClaimError';

  constructor(code: ClaimError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface ClaimedPostgresDatabase {
  readonly url: string;
  /** Drops the database, ending all sessions and replication in it. */
  drop(): Promise<void>;
}

export interface ClaimedRedisDatabase {
  readonly url: string;
  /** Empties the database and keeps the claim. A bare FLUSHDB would give the claim away. */
  reset(): Promise<void>;
  /** Empties the database, which is anybody's then. */
  release(): Promise<void>;
}

/**
 * Creates a database. Its name holds its owner, for CREATE DATABASE and a comment cannot be one transaction.
 * @param prefix of the name: lower-case letters, digits and underscores, at most 20
 * @param model URL of a database on the same server, with no session in it, that it becomes a copy of. @default an empty one
 * Throws TypeError for another prefix, and what `pg` throws.
 */
export async function createDatabase(
  postgresUrl: string,
  prefix: string,
  model?: string,
): Promise<ClaimedPostgresDatabase> {
  if (!/^[a-z][a-z0-9_]{0,19}$/.test(prefix)) {
    throw new TypeError(
      `expected a prefix of at most 20 lower-case letters, digits and underscores, got ${JSON.stringify(prefix)}`,
    );
  }
  const name = `${prefix}_${thisOwner()}_${randomBytes(4).toString('hex')}`;
  await withPostgres(postgresUrl, async (client) => {
    await sweepDatabases(client);
    if (model === undefined) await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    else await copyDatabase(client, name, new URL(model).pathname.slice(1));
  });
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => withPostgres(postgresUrl, (client) => dropDatabase(client, name)) };
}

/** As files, of which a gigabyte takes a second; since PostgreSQL 15 the default is to write each block to the log as well. */
async function copyDatabase(client: Client, name: string, model: string): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const strategy = (rows[0]?.version ?? 0) >= 150_000 ? 'STRATEGY file_copy' : '';
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${client.escapeIdentifier(model)} ${strategy}`);
}

/** Drops the databases whose owner lived on this host and is dead. */
async function sweepDatabases(client: Client): Promise<void> {
  const sql = 'SELECT datname AS name FROM pg_database WHERE strpos(datname, $1) > 0';
  const { rows } = await client.query<{ name: string }>(sql, [`_${ownersHere()}`]);
  for (const { name } of rows) {
    // Another claim may be dropping it at this moment, or another role own it: the claim is not to fail for that.
    if (/^\w+$/.test(name) && stateOfOwner(name) === 'dead') await dropDatabase(client, name).catch(() => {});
  }
}

async function withPostgres<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS });
  client.on('error', () => {}); // The query in flight rejects.
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function dropDatabase(client: Client, name: string): Promise<void> {
  // FORCE ends sessions but refuses while a replication slot of the database is in use.
  const active = 'SELECT active_pid FROM pg_replication_slots WHERE database = $1 AND active';
  await waitUntil(
    `the replication of ${name} to end`,
    async () => {
      const { rows } = await client.query(active, [name]);
      for (const { active_pid } of rows) await client.query('SELECT pg_terminate_backend($1)', [active_pid]);
      return rows.length === 0;
    },
    { timeout_ms: TIMEOUT_MS },
  );
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

// One step on the server: nobody can write between the look and the claim.
const CLAIM = `
  if redis.call('DBSIZE') > 0 then return 0 end
  redis.call('SET', KEYS[1], ARGV[1])
  return 1`;
const EMPTY = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('FLUSHDB')
  if ARGV[2] == 'keep' then redis.call('SET', KEYS[1], ARGV[1]) end
  return 1`;

/**
 * Claims a logical database that is empty: not number 0, which is everybody's default.
 * A database with a key in it is never written to, unless a dead owner of this host claimed it.
 * Throws ClaimError (NO_FREE_DATABASE) and what the server says.
 */
export async function claimRedisDatabase(redisUrl: string): Promise<ClaimedRedisDatabase> {
  const claim = `${thisOwner()} ${randomUUID()}`;
  const number = await withRedis(redisUrl, async (redis) => {
    const count = await databasesOf(() => redis.config('GET', 'databases'));
    await sweepRedis(redis, count);
    for (let candidate = 1; candidate < count; candidate += 1) {
      const isThere = await redis.select(candidate).catch(() => undefined);
      if (isThere === undefined) break;
      if ((await redis.eval(CLAIM, 1, CLAIM_KEY, claim)) === 1) return candidate;
    }
    const advice = `flush the ones that a run killed on another machine left (those with the key "${CLAIM_KEY}")`;
    throw new ClaimError('NO_FREE_DATABASE', `None of the Redis databases 1 to ${count - 1} is empty: ${advice}`);
  });
  const url = new URL(redisUrl);
  url.pathname = `/${number}`;
  const empty = async (what: 'keep' | 'give') => {
    const isOurs = await withRedis(url.href, (redis) => redis.eval(EMPTY, 1, CLAIM_KEY, claim, what));
    if (isOurs !== 1) {
      throw new ClaimError('CLAIM_LOST', `The claim on Redis database ${number} is gone; nothing was deleted in it`);
    }
  };
  return { url: url.href, reset: () => empty('keep'), release: () => empty('give') };
}

/** Empties the databases whose owner lived on this host and is dead. All are looked at in one round trip. */
async function sweepRedis(redis: Redis, count: number): Promise<void> {
  const look = redis.pipeline();
  for (let number = 1; number < count; number += 1) look.select(number).get(CLAIM_KEY);
  const replies = (await look.exec()) ?? [];
  for (let number = 1; number < count; number += 1) {
    const [noDatabase] = replies[2 * number - 2] ?? [];
    const [notText, claim] = replies[2 * number - 1] ?? [];
    if (noDatabase || notText || typeof claim !== 'string') continue;
    if (!claim.startsWith(ownersHere()) || stateOfOwner(claim) !== 'dead') continue;
    await redis.select(number);
    await redis.eval(EMPTY, 1, CLAIM_KEY, claim, 'give');
  }
}

/** Managed servers forbid CONFIG; they have the default, if not fewer. */
async function databasesOf(config: () => Promise<unknown>): Promise<number> {
  const reply = await config().catch(() => undefined);
  return Array.isArray(reply) && Number(reply[1]) > 0 ? Number(reply[1]) : REDIS_DATABASES_DEFAULT;
}
