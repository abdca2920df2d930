import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { BlockedWatch } from './blocked-watch.ts';
import { openSession, type Session } from './session.ts';

let server: Awaited<ReturnType<typeof testPostgres>>;

beforeAll(async () => {
  server = await testPostgres();
  await using session = await openSession(server.url, { name: 'setup' });
  await session.query('CREATE TABLE one (id int)');
}, 120_000);

afterAll(async () => {
  await server?.stop();
}, 60_000);

async function session(name: string): Promise<Session> {
  const opened = await openSession(server.url, { name });
  onTestFinished(() => opened.end());
  return opened;
}

async function watched() {
  const watch = await BlockedWatch.start(server.url, 'application');
  onTestFinished(() => watch.stop());
  return watch;
}

test('who waits for a lock of the migrator is seen, and no longer when it has got it', async () => {
  const [migrator, application] = [await session('tars-migrator'), await session('application')];
  const watch = await watched();
  await expect.poll(() => watch.samples.at(-1)?.blocked).toBe(0);
  await migrator.query('BEGIN');
  await migrator.query('LOCK TABLE one IN SHARE MODE');
  const inserted = application.query('INSERT INTO one VALUES (1)');
  await expect.poll(() => watch.samples.at(-1)?.blocked).toBe(1);
  await migrator.query('COMMIT');
  await inserted;
  await expect.poll(() => watch.samples.at(-1)?.blocked).toBe(0);
});

test('who queues behind a migrator that itself waits for a reader is seen', async () => {
  const [reader, migrator] = [await session('a-long-report'), await session('tars-migrator')];
  const applications = [await session('application'), await session('application')];
  const watch = await watched();
  await reader.query('BEGIN');
  await reader.query('SELECT * FROM one');
  const altered = migrator.query('ALTER TABLE one ADD COLUMN more int');
  await expect.poll(() => watch.samples.at(-1)?.phase).toBe('waiting for others');
  const reads = applications.map((one) => one.query('SELECT id FROM one'));
  await expect.poll(() => watch.samples.at(-1)?.blocked).toBe(2);
  await reader.query('COMMIT');
  await altered;
  await Promise.all(reads);
});

test('who waits for one that waits for the migrator is seen', async () => {
  const [migrator, first, second] = [
    await session('tars-migrator'),
    await session('application'),
    await session('application'),
  ];
  const watch = await watched();
  await migrator.query('BEGIN');
  await migrator.query('LOCK TABLE one IN SHARE MODE');
  await first.query('BEGIN');
  await first.query('SELECT pg_advisory_xact_lock(7)');
  const inserted = first.query('INSERT INTO one (id) VALUES (1)');
  const next = second.query('BEGIN').then(() => second.query('SELECT pg_advisory_xact_lock(7)'));
  await expect.poll(() => watch.samples.at(-1)?.blocked).toBe(2);
  await migrator.query('COMMIT');
  await inserted;
  await first.query('COMMIT');
  await next;
});

test('who waits for somebody else is not counted', async () => {
  const [other, application] = [await session('somebody'), await session('application')];
  await session('tars-migrator');
  const watch = await watched();
  await other.query('BEGIN');
  await other.query('LOCK TABLE one IN SHARE MODE');
  const inserted = application.query('INSERT INTO one (id) VALUES (1)');
  const waiting = async () => (await other.query('SELECT FROM pg_locks WHERE NOT granted')).rows.length;
  await expect.poll(waiting).toBe(1);
  const before = watch.samples.length;
  await expect.poll(() => watch.samples.length).toBeGreaterThan(before + 2);
  expect(watch.samples.slice(before + 1).map(({ blocked }) => blocked)).not.toContain(1);
  await other.query('COMMIT');
  await inserted;
});
