import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../processes/wait.ts';
import { claimRedisDatabase, createDatabase } from './claim.ts';
import { postgres } from './postgres/postgres.ts';
import { withRedis } from './redis/connect.ts';
import { redis } from './redis/redis.ts';
import { startComponent } from './start-component.ts';
import { type TestContext, testContext } from './test-context.ts';

let context: TestContext;
let postgresUrl: string;
let redisUrl: string;

beforeAll(async () => {
  context = await testContext();
  const [database, cache] = await Promise.all([postgres, redis].map((one) => startComponent(one, context)));
  if (database?.status !== 'started' || cache?.status !== 'started') throw new Error('a server is missing');
  postgresUrl = database.url;
  redisUrl = cache.url;
});

afterAll(() => context.close());

async function connected(url: string, options = {}): Promise<Client> {
  const client = new Client({ connectionString: url, ...options });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function databases(): Promise<string[]> {
  const client = await connected(postgresUrl);
  const { rows } = await client.query('SELECT datname FROM pg_database ORDER BY 1');
  await client.end();
  return rows.map(({ datname }) => datname);
}

test('databases created at once are apart; dropping one leaves the others', async () => {
  const before = await databases();
  const [one, two] = await Promise.all([createDatabase(postgresUrl, 'arm'), createDatabase(postgresUrl, 'arm')]);
  expect(one.url).not.toBe(two.url);
  const client = await connected(two.url);
  await client.query('CREATE TABLE kept (x int)');
  await one.drop();
  await one.drop();
  expect((await client.query('SELECT count(*) FROM kept')).rows).toEqual([{ count: '0' }]);
  await two.drop(); // with a session open in it
  expect(await databases()).toEqual(before);
});

test('a database made after a model holds what that does, and neither changes the other', async () => {
  const model = await createDatabase(postgresUrl, 'model');
  const client = await connected(model.url);
  await client.query('CREATE TABLE held AS SELECT 1 AS x');
  await client.end();
  const copy = await createDatabase(postgresUrl, 'copy', model.url);
  const inCopy = await connected(copy.url);
  await inCopy.query('INSERT INTO held VALUES (2)');
  expect((await inCopy.query('SELECT x FROM held ORDER BY x')).rows).toEqual([{ x: 1 }, { x: 2 }]);
  const inModel = await connected(model.url);
  expect((await inModel.query('SELECT x FROM held')).rows).toEqual([{ x: 1 }]);
  await Promise.all([model.drop(), copy.drop()]);
});

test('a database with replication going on is dropped with it', async () => {
  const claimed = await createDatabase(postgresUrl, 'ledger');
  const client = await connected(claimed.url);
  await client.query('CREATE PUBLICATION all_of_it FOR ALL TABLES');
  await client.query("SELECT pg_create_logical_replication_slot('ledger', 'pgoutput')");
  const reader = await connected(claimed.url, { replication: 'database' });
  const options = "proto_version '1', publication_names 'all_of_it'";
  reader.query(`START_REPLICATION SLOT ledger LOGICAL 0/0 (${options})`).catch(() => {});
  const admin = await connected(postgresUrl);
  const isActive = async () => (await admin.query('SELECT active FROM pg_replication_slots')).rows[0]?.active;
  await waitUntil('the replication to begin', isActive, { timeout_ms: 5_000 });
  await claimed.drop();
  expect((await admin.query('SELECT count(*) FROM pg_replication_slots')).rows).toEqual([{ count: '0' }]);
  await admin.end();
});

/** Another process that claims a database of each kind, with a replication slot and a key in them, and lives on. */
async function claimant(): Promise<{ child: ChildProcess; postgres: string; redis: string }> {
  const program = `
    import { Client } from 'pg';
    import { claimRedisDatabase, createDatabase } from '${new URL('./claim.ts', import.meta.url).href}';
    import { withRedis } from '${new URL('./redis/connect.ts', import.meta.url).href}';
    setInterval(() => {}, 1e6);
    const database = await createDatabase('${postgresUrl}', 'arm');
    const cache = await claimRedisDatabase('${redisUrl}');
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const slot = 'slot_' + process.pid;
    await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
    await withRedis(cache.url, (redis) => redis.set('job', '1'));
    process.stdout.write(JSON.stringify({ postgres: new URL(database.url).pathname.slice(1), redis: cache.url }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, ...JSON.parse(line) };
}

test('the next claim takes back what a killed owner left, and nothing of a living, distant or foreign one', async () => {
  const dead = await claimant();
  const living = await claimant();
  // As dead as the first one by its pid, but of another host.
  const distant = dead.postgres.replace(/_h.{10}_/, '_h0123456789_');
  const admin = await connected(postgresUrl);
  for (const name of [distant, 'arm_foreign']) await admin.query(`CREATE DATABASE ${name}`);
  const distantClaim = ((await withRedis(dead.redis, (redis) => redis.get('harness:claim'))) ?? '').replace(
    /^h.{10}/,
    'h0123456789',
  );
  const foreign = ['distant', 'text', 'list'].map((kind, index) => ({ kind, url: `${redisUrl}/${200 + index}` }));
  for (const { kind, url } of foreign) {
    await withRedis<unknown>(url, (redis) =>
      kind === 'list'
        ? redis.lpush('harness:claim', 'theirs')
        : redis.set('harness:claim', kind === 'text' ? 'theirs' : distantClaim),
    );
  }

  dead.child.kill('SIGKILL');
  await once(dead.child, 'exit');
  const [database, cache] = await Promise.all([createDatabase(postgresUrl, 'arm'), claimRedisDatabase(redisUrl)]);

  const names = await databases();
  expect(names).not.toContain(dead.postgres);
  expect(names).toEqual(expect.arrayContaining([living.postgres, distant, 'arm_foreign']));
  const slots = await admin.query('SELECT slot_name AS name FROM pg_replication_slots');
  expect(slots.rows).toEqual([{ name: `slot_${living.child.pid}` }]);
  expect(await withRedis(dead.redis, (redis) => redis.get('job'))).toBeNull();
  expect(await withRedis(living.redis, (redis) => redis.get('job'))).toBe('1');
  for (const { url } of foreign) {
    expect(await withRedis(url, (redis) => redis.exists('harness:claim'))).toBe(1);
    await withRedis(url, (redis) => redis.flushdb());
  }

  living.child.kill('SIGKILL');
  await once(living.child, 'exit');
  const [other, second] = await Promise.all([createDatabase(postgresUrl, 'arm'), claimRedisDatabase(redisUrl)]);
  expect(await databases()).not.toContain(living.postgres);
  await Promise.all([database.drop(), other.drop(), cache.release(), second.release()]);
  for (const name of [distant, 'arm_foreign']) await admin.query(`DROP DATABASE ${name}`);
  await admin.end();
});

test('a prefix may have 20 characters', async () => {
  await (await createDatabase(postgresUrl, 'x'.repeat(20))).drop();
});

test.each(['', 'Arm', '1arm', 'a-b', 'a"; DROP DATABASE postgres; --', 'x'.repeat(21)])(
  'a prefix such as %o is refused',
  async (prefix) => {
    await expect(createDatabase(postgresUrl, prefix)).rejects.toThrow(TypeError);
  },
);

test('claims at once never share a database, and never take one with foreign data in it', async () => {
  const foreign = redisUrl.concat('/1');
  await withRedis(foreign, (client) => client.set('theirs', 'kept'));
  const claims = await Promise.all(Array.from({ length: 30 }, () => claimRedisDatabase(redisUrl)));
  const urls = new Set(claims.map(({ url }) => url));
  expect(urls.size).toBe(30);
  expect(urls).not.toContain(foreign);
  expect(urls).not.toContain(redisUrl.concat('/0'));
  await Promise.all(claims.map((claim) => claim.release()));
  const kept = await withRedis(foreign, (client) => client.keys('*'));
  expect(kept).toEqual(['theirs']);
  await withRedis(foreign, (client) => client.flushdb());
});

test('reset empties the claimed database and keeps it; release empties it and gives it away', async () => {
  const mine = await claimRedisDatabase(redisUrl);
  await withRedis(mine.url, (client) => client.set('a', '1'));
  await mine.reset();
  expect(await withRedis(mine.url, (client) => client.exists('a'))).toBe(0);
  const other = await claimRedisDatabase(redisUrl);
  expect(other.url).not.toBe(mine.url);
  await mine.release();
  expect(await withRedis(mine.url, (client) => client.dbsize())).toBe(0);
  const next = await claimRedisDatabase(redisUrl);
  expect(next.url).toBe(mine.url);
  await Promise.all([other.release(), next.release()]);
});

test('a claim that another flushed away is told, and nothing of theirs is deleted', async () => {
  const mine = await claimRedisDatabase(redisUrl);
  await withRedis(mine.url, (client) => client.flushdb().then(() => client.set('theirs', 'kept')));
  await expect(mine.release()).rejects.toMatchObject({ code: 'CLAIM_LOST' });
  expect(await withRedis(mine.url, (client) => client.getdel('theirs'))).toBe('kept');
});

test('a server without an empty database says so, and which key a killed run leaves', async () => {
  const last = await claimRedisDatabase(redisUrl);
  await withRedis(redisUrl, async (client) => {
    for (let number = 1; number < 256; number += 1) {
      await client.select(number);
      await client.setnx('theirs', 'kept');
    }
  });
  await expect(claimRedisDatabase(redisUrl)).rejects.toMatchObject({
    code: 'NO_FREE_DATABASE',
    message: expect.stringMatching(/databases 1 to 255 is empty.*"harness:claim"/),
  });
  await last.release();
  expect((await claimRedisDatabase(redisUrl)).url).toBe(last.url);
});
