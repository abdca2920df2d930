/** The application of the migration's checks on a real PostgreSQL: what it would hide, no check could see. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { seededRandom } from '../../../harness/random/random.ts';
import { indexedTables } from '../../../impl/database/indexes.ts';
import { Application } from './application.ts';
import { openSession } from './session.ts';

const size: DataSize = {
  evaluations: 500,
  agents: 10,
  agentStates: 50,
  metrics: 50,
  auditLogs: 50,
  apiKeys: 50,
  users: 10,
};
const RATE_per_s = 100;
let server: Awaited<ReturnType<typeof testPostgres>>;

beforeAll(async () => {
  server = await testPostgres();
}, 120_000);

afterAll(async () => {
  await server?.stop();
}, 60_000);

async function site() {
  const database = await filledDatabase(server.url, size);
  onTestFinished(() => database.drop());
  const session = await openSession(database.url, { name: 'test' });
  onTestFinished(() => session.end());
  const application = new Application({ url: database.url, size, random: seededRandom(1) });
  onTestFinished(() => application.stop());
  return { application, session };
}

const commitsOf = (application: Application) => indexedTables.map((table) => application.commits_ms(table).length);

test('each table is written to and read, and what was answered is there', async () => {
  const { application, session } = await site();
  application.start(RATE_per_s);
  await expect.poll(() => Math.min(...commitsOf(application)), { timeout: 20_000 }).toBeGreaterThan(5);
  await application.stop();
  expect(application.failures).toEqual([]);
  const { rows } = await session.query<{ count: number }>('SELECT count(*)::int AS count FROM evaluations');
  expect(rows[0]?.count).toBe(size.evaluations + application.commits_ms('evaluations').length);
  expect(application.operations).toBe(commitsOf(application).reduce((sum, count) => sum + count, 0));
});

test('operations go on being due while every connection waits for a lock', async () => {
  const { application, session } = await site();
  application.start(RATE_per_s);
  await expect.poll(() => application.operations, { timeout: 20_000 }).toBeGreaterThan(10);
  await session.query('BEGIN');
  await session.query(`LOCK TABLE ${indexedTables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  const [committed, due] = [commitsOf(application).reduce((sum, count) => sum + count, 0), application.operations];
  await expect.poll(() => application.operations, { timeout: 20_000 }).toBeGreaterThan(due + 30);
  // What was answered just before the lock may be told just after it.
  expect(commitsOf(application).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(committed + 8);
  await session.query('COMMIT');
  await application.stop();
  expect(application.failures).toEqual([]);
});

test('a statement that fails is told, and the others go on', async () => {
  const { application, session } = await site();
  await session.query('DROP TABLE metrics');
  application.start(RATE_per_s);
  await expect.poll(() => application.failures.length, { timeout: 20_000 }).toBeGreaterThan(1);
  await expect.poll(() => application.commits_ms('api_keys').length, { timeout: 20_000 }).toBeGreaterThan(1);
  await application.stop();
  expect(new Set(application.failures)).toEqual(new Set(['metrics: relation "metrics" does not exist']));
});
