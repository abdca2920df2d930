import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test.each(['', 'Arm', '1arm', 'a-b', 'a"; DROP DATABASE postgres; --', 'x'.repeat(33)])(
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
