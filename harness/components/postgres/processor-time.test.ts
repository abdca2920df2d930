import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startComponent } from '../start-component.ts';
import { testContext } from '../test-context.ts';
import { postgres } from './postgres.ts';
import { ProcessorTimeError, sessionTimes, takenBetween_ms } from './processor-time.ts';

const context = await testContext();
let url: string;

beforeAll(async () => {
  const component = await startComponent(postgres, context);
  if (component.status === 'missing') throw new Error(component.reason);
  url = component.url;
}, 120_000);

afterAll(() => context.close());

async function connected(connectionString = url): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** Two million turns of a loop: some 100 ms of a processor. */
const BURN = `DO $$ DECLARE n bigint := 0; BEGIN WHILE n < 2000000 LOOP n := n + 1; END LOOP; END $$`;

test('what other sessions of the database work is counted, the client’s own is not', async () => {
  const onlooker = await connected();
  const worker = await connected();
  await worker.query('SELECT 1');
  const before = await sessionTimes(onlooker);
  await onlooker.query(BURN);
  const idle = await sessionTimes(onlooker);
  expect(takenBetween_ms(before, idle)).toBeLessThan(30);
  await worker.query(BURN);
  expect(takenBetween_ms(idle, await sessionTimes(onlooker))).toBeGreaterThan(30);
});

test('a session of another database is none of it', async () => {
  const onlooker = await connected();
  await onlooker.query('CREATE DATABASE elsewhere');
  const elsewhere = new URL(url);
  elsewhere.pathname = '/elsewhere';
  const worker = await connected(elsewhere.href);
  const before = await sessionTimes(onlooker);
  await worker.query(BURN);
  expect(takenBetween_ms(before, await sessionTimes(onlooker))).toBeLessThan(30);
});

test('a session that waits costs nothing', async () => {
  const onlooker = await connected();
  const waiter = await connected();
  const before = await sessionTimes(onlooker);
  await waiter.query('SELECT pg_sleep(1)');
  expect(takenBetween_ms(before, await sessionTimes(onlooker))).toBeLessThan(100);
});

test('a server that is no process here is refused, with what to do', async () => {
  // The machine's first process is there, and is no PostgreSQL.
  const elsewhere = { query: async () => ({ rows: [{ pid: 1, own: true }] }) } as unknown as Client;
  const told = sessionTimes(elsewhere);
  await expect(told).rejects.toThrow(ProcessorTimeError);
  await expect(told).rejects.toThrow(/expected the PostgreSQL server to be a process of this machine/);
});

test('a session that has ended takes nothing away, one that has begun since counts in full', () => {
  const before = new Map([
    [1, 500],
    [2, 100],
  ]);
  expect(
    takenBetween_ms(
      before,
      new Map([
        [2, 130],
        [3, 7],
      ]),
    ),
  ).toBe(37);
});
