/** The drills of a migration. Each resolves with what was not as it should be, and throws where it could not be made. */
import { createStatement, type IndexDefinition, indexes } from '../../../impl/database/indexes.ts';
import { BuildHold } from './build-hold.ts';
import { differencesOf, schemaOf } from './catalogue.ts';
import { alterDatabase, ENDS_MS, type Site, sessionsThere, start, upFaults } from './drill-site.ts';
import { RIGHT_END } from './migrator-process.ts';
import { openSession } from './session.ts';

const [index] = indexes as [IndexDefinition, ...IndexDefinition[]];
const last = indexes.at(-1) as IndexDefinition;

export async function secondMigrator(site: Site): Promise<string[]> {
  const { url, signal, session } = site;
  await using hold = await BuildHold.prepare({ url, index, phase: 'waiting for old snapshots', signal });
  await using first = await start(site, url, 'up', '--lock-timeout', '30000');
  await hold.reach();
  await using second = await start(site, url, 'up', '--lock-timeout', '30000');
  await sessionsThere(site, 'tars-migrator', `query LIKE '%advisory_lock%'`);
  await hold.release();
  const faults = [...(await upFaults(first, site)), ...(await upFaults(second, site))];
  const { rows } = await session.query<{ deadlocks: number }>(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.deadlocks === 0 ? faults : [...faults, `${rows[0]?.deadlocks} deadlocks`];
}

/**
 * ANALYZE waits for the lock that the build keeps, with a snapshot that the build then waits for. Its own look for
 * deadlocks is over by then, so that the build is the one that PostgreSQL ends.
 */
export async function deadlockWithAnalyze(site: Site): Promise<string[]> {
  const { url, signal, session } = site;
  await using hold = await BuildHold.prepare({ url, index, phase: 'waiting for writers before build', signal });
  // For the application's statements: a build may take hours. This one waits longer for the look for deadlocks.
  await session.query(`${alterDatabase(site)} SET statement_timeout = '1s'`);
  await using migrator = await start(site, url, 'up', '--lock-timeout', '30000');
  await hold.reach();
  await session.query(`${alterDatabase(site)} RESET statement_timeout`);
  await using other = await openSession(url, { name: 'analyze' });
  const analyzed = other.query(`ANALYZE ${index.table}`).then(
    () => [],
    (error: Error) => [`ANALYZE: ${error.message}`],
  );
  const looked = `EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND NOT granted
    AND clock_timestamp() - l.waitstart > 1.2 * current_setting('deadlock_timeout')::interval)`;
  const unmet = await sessionsThere(site, 'analyze', looked).then(
    () => undefined,
    (error: Error) => error,
  );
  await hold.release();
  const faults = await upFaults(migrator, site);
  // A build that ended by itself let ANALYZE through.
  if (unmet !== undefined && faults.length === 0) throw unmet;
  const met = /held up \(attempt 1\)/.test(migrator.said());
  return [...faults, ...(await analyzed), ...(met ? [] : ['the build was not the victim of a deadlock'])];
}

export async function idleTransaction(site: Site): Promise<string[]> {
  await using idle = await openSession(site.url, { name: 'a-long-report' });
  await idle.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await idle.query('SELECT 1');
  const old = `state = 'idle in transaction' AND clock_timestamp() - xact_start > interval '5.1 s'`;
  await sessionsThere(site, 'a-long-report', old);
  await using migrator = await start(site, site.url, 'up', '--lock-timeout', '200');
  const faults = await migrator.saying(/held up \(attempt 2\)/).then(
    (): string[] => [],
    (error: Error) => [error.message],
  );
  await idle.query('COMMIT');
  faults.push(...(await upFaults(migrator, site)));
  const named = migrator
    .said()
    .split('\n')
    .filter((line) => line.includes('a-long-report has had a transaction open'));
  return [...faults, ...(named.length >= 2 ? [] : [`the transaction was not named: ${migrator.said()}`])];
}

export async function leftover(site: Site): Promise<string[]> {
  const { url, session } = site;
  await using idle = await openSession(url, { name: 'a-long-report' });
  await idle.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await idle.query('SELECT 1');
  await session.query("SET lock_timeout = '100ms'");
  const failed = await session.query(createStatement(last)).then(
    () => false,
    () => true,
  );
  await session.query('RESET lock_timeout');
  await idle.query('COMMIT');
  const { rows } = await session.query('SELECT FROM pg_index WHERE indexrelid = $1::regclass AND NOT indisvalid', [
    last.name,
  ]);
  if (!failed || rows.length !== 1) throw new Error(`expected ${last.name} to be invalid`);
  await using migrator = await start(site, url, 'up');
  return await upFaults(migrator, site);
}

export async function nameTaken(site: Site): Promise<string[]> {
  const { url, session } = site;
  await session.query(`CREATE INDEX ${last.name} ON ${last.table} (prefix)`);
  const before = await schemaOf(session);
  const faults: string[] = [];
  for (const direction of ['up', 'down']) {
    await using migrator = await start(site, url, direction);
    const end = await migrator.end(ENDS_MS);
    if (end !== 'exit code 1') faults.push(`${direction} ended with ${end}`);
    if (!migrator.said().includes('(prefix)')) faults.push(`${direction} does not tell what it is: ${migrator.said()}`);
    faults.push(...differencesOf(before, await schemaOf(session)));
  }
  return faults;
}

export async function killedRollback(site: Site): Promise<string[]> {
  const { url, session, schemaBefore } = site;
  await using reader = await openSession(url, { name: 'a-long-report' });
  await reader.query('BEGIN');
  await reader.query(`SELECT FROM ${last.table} LIMIT 1`);
  await using killed = await start(site, url, 'down', '--lock-timeout', '30000');
  await sessionsThere(site, 'tars-migrator', `wait_event_type = 'Lock'`);
  await killed.kill();
  await using next = await start(site, url, 'down');
  await reader.query('COMMIT');
  const end = await next.end(ENDS_MS);
  return [
    ...(end === RIGHT_END ? [] : [`the next run ended with ${end}: ${next.said()}`]),
    ...differencesOf(schemaBefore, await schemaOf(session)),
  ];
}
