/** Holds of a build on a real PostgreSQL: without them a kill in a phase would be a kill at a guess. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';
import { installSchema } from '../../../impl/baseline/database/schema.ts';
import { createStatement, type IndexDefinition, indexes } from '../../../impl/database/indexes.ts';
import { BuildHold, HELD_PHASES, type HeldPhase } from './build-hold.ts';
import { openSession, type Session } from './session.ts';

const index = indexes[0] as IndexDefinition;
let server: Awaited<ReturnType<typeof testPostgres>>;
let builder: Session;
let watcher: Session;

beforeAll(async () => {
  server = await testPostgres();
  builder = await openSession(server.url, { name: 'builder' });
  watcher = await openSession(server.url, { name: 'watcher' });
  await installSchema(watcher);
}, 120_000);

afterAll(async () => {
  await builder?.end();
  await watcher?.end();
  await server?.stop();
}, 60_000);

async function phaseNow(): Promise<string | undefined> {
  const { rows } = await watcher.query<{ phase: string }>('SELECT phase FROM pg_stat_progress_create_index');
  return rows[0]?.phase;
}

async function hold(phase: HeldPhase): Promise<BuildHold> {
  const held = await BuildHold.prepare({ url: server.url, index, phase, signal: AbortSignal.timeout(30_000) });
  onTestFinished(() => held[Symbol.asyncDispose]());
  return held;
}

/** What the catalogue says of the index: what a build that is killed now leaves. */
async function standing(): Promise<string> {
  const { rows } = await watcher.query<{ ready: boolean; valid: boolean }>(
    'SELECT indisready AS ready, indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [index.name],
  );
  return rows[0] === undefined ? 'nothing' : `ready=${rows[0].ready} valid=${rows[0].valid}`;
}

const LEFT: Record<HeldPhase, string> = {
  initializing: 'nothing',
  'waiting for writers before build': 'ready=false valid=false',
  'building index': 'ready=false valid=false',
  'waiting for writers before validation': 'ready=true valid=false',
  'index validation: scanning index': 'ready=true valid=false',
  'waiting for old snapshots': 'ready=true valid=false',
};

test.each(HELD_PHASES)('a build stays in "%s" until it is let go, and is whole then', async (phase) => {
  const held = await hold(phase);
  const built = builder.query(createStatement(index));
  await held.reach();
  expect(await phaseNow()).toMatch(phase);
  expect(await held.isBuilding()).toBe(true);
  expect(await standing()).toBe(LEFT[phase]);
  await held.release();
  await built;
  expect(await held.isBuilding()).toBe(false);
  expect(await standing()).toBe('ready=true valid=true');
  await watcher.query(`DROP INDEX ${index.name}`);
});

test('another session that builds meanwhile does not hide that the one that was held is gone', async () => {
  const held = await hold('initializing');
  const cancelled = expect(builder.query(createStatement(index))).rejects.toMatchObject({ code: '57014' });
  await held.reach();
  await watcher.query('SELECT pg_cancel_backend(pid) FROM pg_stat_progress_create_index');
  await cancelled;
  const next = await openSession(server.url, { name: 'next' });
  onTestFinished(() => next.end());
  const built = next.query(createStatement(index));
  await waitUntil('the next build', async () => (await phaseNow()) !== undefined, { timeout_ms: 10_000 });
  expect(await held.isBuilding()).toBe(false);
  await held.release();
  await built;
  await watcher.query(`DROP INDEX ${index.name}`);
});

test('a hold for a build that never comes is given up with its signal', async () => {
  const signal = AbortSignal.timeout(300);
  const held = await BuildHold.prepare({ url: server.url, index, phase: 'building index', signal });
  onTestFinished(() => held[Symbol.asyncDispose]());
  await expect(held.reach()).rejects.toMatchObject({ name: 'TimeoutError' });
});
