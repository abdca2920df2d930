import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startComponent } from '../start-component.ts';
import { testContext } from '../test-context.ts';
import { postgres } from './postgres.ts';
import { ProcessorTimeError, postgresProcessorTime_ms } from './processor-time.ts';

const context = await testContext();
let url: string;

beforeAll(async () => {
  const component = await startComponent(postgres, context);
  if (component.status === 'missing') throw new Error(component.reason);
  url = component.url;
}, 120_000);

afterAll(() => context.close());

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** Two million turns of a loop: some 100 ms of a processor. */
const BURN = `DO $$ DECLARE n bigint := 0; BEGIN WHILE n < 2000000 LOOP n := n + 1; END LOOP; END $$`;

test('what a session works is counted, also when it has ended since', async () => {
  const onlooker = await connected();
  const before_ms = await postgresProcessorTime_ms(onlooker);
  const worker = await connected();
  await worker.query(BURN);
  const during_ms = await postgresProcessorTime_ms(onlooker);
  expect(during_ms - before_ms).toBeGreaterThan(30);
  await worker.end();
  await expect.poll(() => postgresProcessorTime_ms(onlooker)).toBeGreaterThanOrEqual(during_ms);
  expect((await postgresProcessorTime_ms(onlooker)) - before_ms).toBeGreaterThan(30);
});

test('a session that waits costs nothing', async () => {
  const onlooker = await connected();
  const waiter = await connected();
  const before_ms = await postgresProcessorTime_ms(onlooker);
  await waiter.query('SELECT pg_sleep(1)');
  expect((await postgresProcessorTime_ms(onlooker)) - before_ms).toBeLessThan(300);
});

test('a server that is no process here is refused, with what to do', async () => {
  // The first process of the machine is its parent, or it is none: either is no PostgreSQL of ours.
  const elsewhere = { query: async () => ({ rows: [{ pid: 1 }] }) } as unknown as Client;
  const told = postgresProcessorTime_ms(elsewhere);
  await expect(told).rejects.toThrow(ProcessorTimeError);
  await expect(told).rejects.toThrow(/expected the PostgreSQL server to be a process of this machine/);
});
