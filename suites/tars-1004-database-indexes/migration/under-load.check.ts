/** TARS-1004: the migration up and down while the application reads and writes; nobody waits, nothing fails or is lost. */
import { setTimeout as delay } from 'node:timers/promises';
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { barePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { check } from '../../../harness/checks/check.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';
import { indexedTables } from '../../../impl/database/indexes.ts';
import { APPLICATION, Application } from './application.ts';
import { BlockedWatch, type Sample } from './blocked-watch.ts';
import { corruptionsOf, countRows, differencesOf, installAmcheck, schemaOf, sizesOf } from './catalogue.ts';
import { gapLimit_ms, longestGap_ms, type Span } from './commit-gaps.ts';
import { MigratorProcess, RIGHT_END } from './migrator-process.ts';
import { openSession } from './session.ts';

/** What standard's time allows. */
const IN_STANDARD: DataSize = {
  evaluations: 300_000,
  agents: 3_000,
  agentStates: 50_000,
  metrics: 50_000,
  auditLogs: 50_000,
  apiKeys: 50_000,
  users: 5_000,
};
/** TARS-1004 speaks of a million. */
const IN_NIGHTLY: DataSize = { ...IN_STANDARD, evaluations: 1_000_000, agents: 10_000 };
/** Each table's turn comes every 50 ms, so that gaps of 250 ms tell. */
const RATE_per_s_max = 100;
const CAPACITY_MS = 1_000;
const QUIET_WINDOWS = 5;
const QUIET_MS = 1_000;
const MIGRATED_MS = 300_000;
/** Looks at a drop that waits for a reader: one that made others wait would be seen in each. */
const HELD_SAMPLES = 20;
const HELD_MS = 15_000;

const ALL_SUCCEEDED = 'every read and every write of the application succeeded';
const WATCHED = 'the watch saw builds under way, and a drop that waited for a reader';
const WHOLE = 'the eleven indexes hold every row, those that were written meanwhile too';
const NONE_LOST = 'no row was lost';
const AS_BEFORE = 'after the rollback the schema is that of v1.0.0, by the catalogue';

check(
  'tars-1004/migration-under-load',
  {
    lane: 'timing',
    stack: barePostgres,
    from: 'standard',
    arms: ['candidate'],
    measures: { blocked_sessions: 'sessions', rollback_blocked_sessions: 'sessions', gap_over_limit: 'ratio' },
    facts: [ALL_SUCCEEDED, WATCHED, WHOLE, NONE_LOST, AS_BEFORE],
    timeout_ms: 900_000,
  },
  async ({ stack, profile, random, reaper, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const size = profile === 'nightly' ? IN_NIGHTLY : IN_STANDARD;
    const database = await filledDatabase(stack.serverUrl, size);
    ends.defer(() => database.drop());
    const session = await openSession(database.url, { name: 'under-load', timeout_ms: 120_000 });
    ends.defer(() => session.end());
    await installAmcheck(session);
    const [schema, rows] = [await schemaOf(session), await countRows(session)];

    const application = new Application({ url: database.url, size, random });
    ends.defer(() => application.stop());
    const capacity_per_s = await application.capacity_per_s(CAPACITY_MS);
    const rate_per_s = Math.min(RATE_per_s_max, capacity_per_s / 2);
    application.start(rate_per_s);
    const quiet: Span[] = [];
    for (let window = 0; window < QUIET_WINDOWS; window += 1) {
      quiet.push(await spanOf(() => delay(QUIET_MS, undefined, { signal })));
    }
    const migrate = async (direction: 'up' | 'down', meanwhile: (samples: readonly Sample[]) => Promise<void>) => {
      const watch = await BlockedWatch.start(database.url, APPLICATION);
      let samples: readonly Sample[] = [];
      const span = await spanOf(async () => {
        try {
          const options = { postgresUrl: database.url, planted: stack.planted, reaper };
          await using migrator = await MigratorProcess.start([direction], options);
          await meanwhile(watch.samples);
          const end = await migrator.end(MIGRATED_MS);
          if (end !== RIGHT_END) throw new Error(`migrate ${direction} ended with ${end}: ${migrator.said()}`);
        } finally {
          samples = watch.samples;
          await watch.stop();
        }
      });
      const gaps = indexedTables.map((table) => {
        const commits_ms = application.commits_ms(table);
        return longestGap_ms(commits_ms, span) / gapLimit_ms(commits_ms, quiet);
      });
      observe('gap_over_limit', gaps);
      return samples;
    };

    const up = await migrate('up', async () => {});
    observe(
      'blocked_sessions',
      up.map(({ blocked }) => blocked),
    );
    const [sizes, corruptions] = [await sizesOf(session), await corruptionsOf(session)];
    fact(WHOLE, corruptions.length === 0 && sizes.size === 11, corruptions.join('; ') || inWords(sizes));

    const report = await openSession(database.url, { name: 'a-long-report' });
    ends.defer(() => report.end());
    await report.query('BEGIN');
    for (const table of indexedTables) await report.query(`SELECT FROM ${table} LIMIT 1`);
    const down = await migrate('down', async (samples) => {
      const held = () => samples.filter(waitsForOthers).length >= HELD_SAMPLES;
      await waitUntil('the rollback to wait for a reader', held, { timeout_ms: HELD_MS, signal });
      await report.query('COMMIT');
    });
    observe(
      'rollback_blocked_sessions',
      down.map(({ blocked }) => blocked),
    );
    await application.stop();

    const built = up.filter(({ phase }) => phase !== undefined).length;
    const evidence = `${up.length} looks at the migration, ${built} of them in a build; ${down.length} at the rollback`;
    fact(WATCHED, built > 0 && down.some(waitsForOthers), evidence);
    fact(
      ALL_SUCCEEDED,
      application.failures.length === 0,
      `${application.operations} writes with a read each, ${rate_per_s.toFixed(0)} due a second where ${capacity_per_s.toFixed(0)} are answered at most; failed: ${application.failures.slice(0, 5).join('; ') || 'none'}`,
    );
    const after = await countRows(session);
    const lost = indexedTables.filter(
      (table) => after.get(table) !== (rows.get(table) ?? 0) + application.commits_ms(table).length,
    );
    fact(NONE_LOST, lost.length === 0, lost.join(', '));
    const differences = differencesOf(schema, await schemaOf(session));
    fact(AS_BEFORE, differences.length === 0, differences.join('; '));
  },
);

async function spanOf(work: () => Promise<unknown>): Promise<Span> {
  const from_ms = performance.now();
  await work();
  return { from_ms, to_ms: performance.now() };
}

function waitsForOthers({ phase }: Sample): boolean {
  return phase === 'waiting for others';
}

function inWords(sizes: ReadonlyMap<string, number>): string {
  return [...sizes].map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`).join(', ');
}
