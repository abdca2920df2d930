/** That the processor time of a whole PostgreSQL server is its own, and none of it is lost with a session, on a real one. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { wholeServerTime_ms } from './whole-server-time.ts';

let server: Awaited<ReturnType<typeof testPostgres>>;
beforeAll(async () => {
  server = await testPostgres();
}, 120_000);
afterAll(() => server?.stop());

async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url, connectionTimeoutMillis: 5_000, query_timeout: 60_000 });
  await client.connect();
  return client;
}

test('what a session took that has ended is still told', async () => {
  const watcher = await session();
  try {
    const before_ms = (await wholeServerTime_ms(watcher)) as number;
    const busy = await session();
    await busy.query(
      'SET max_parallel_workers_per_gather = 0; SELECT count(md5(n::text)) FROM generate_series(1, 1000000) n',
    );
    const took_ms = (await wholeServerTime_ms(watcher)) as number;
    expect(took_ms - before_ms).toBeGreaterThan(100);
    await busy.end();
    await expect
      .poll(
        async () =>
          (await watcher.query('SELECT 1 FROM pg_stat_activity WHERE backend_type = $1', ['client backend'])).rowCount,
      )
      .toBe(1);
    expect(await wholeServerTime_ms(watcher)).toBeGreaterThanOrEqual(took_ms);
  } finally {
    await watcher.end();
  }
});

test('a server whose processes are not here tells nothing', async () => {
  const elsewhere = { query: async () => ({ rows: [{ pid: 2 ** 30 }] }) } as unknown as pg.Client;
  expect(await wholeServerTime_ms(elsewhere)).toBeUndefined();
});
