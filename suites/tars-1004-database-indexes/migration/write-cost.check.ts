/** TARS-1004: what eleven indexes cost whoever inserts, beside v1.0.0's two. */
import { randomUUID } from 'node:crypto';
import { agentOf } from '../../../fixtures/evaluation-data/fill-tables.ts';
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import { type DataSize, REGIONS } from '../../../fixtures/evaluation-data/parameters.ts';
import { barePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { measure } from '../../../harness/checks/measure.ts';
import { sessionTimes, takenBetween_ms } from '../../../harness/components/postgres/processor-time.ts';
import { sizesOf } from './catalogue.ts';
import { MigratorProcess, RIGHT_END } from './migrator-process.ts';
import { openSession, type Session } from './session.ts';

/** Evaluations alone: of the five tables it has the most indexes, and a row whenever an agent is evaluated. */
const SIZE: DataSize = {
  evaluations: 10_000,
  agents: 100,
  agentStates: 100,
  metrics: 100,
  auditLogs: 100,
  apiKeys: 100,
  users: 10,
};
/** As many as the cores of the machine that this was laid down for: more would measure their queue. */
const CONNECTIONS = 2;
const WARM_UP = 200;
const INSERTED = 1_500;
/** Prepared once a session: what is left is the row, its indexes and the commit. */
const INSERT = `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
  VALUES ($1, $2, $3, 'completed', 1, 1, 1)`;
const MIGRATED_MS = 60_000;
const ALL_THERE = 'every row that was answered for is there';

measure(
  'tars-1004/write-cost',
  {
    stack: barePostgres,
    from: 'standard',
    measures: { inserts_per_cpu_s: 'per-s', inserts_per_s: 'per-s', insert_p95_ms: 'ms' },
    facts: [ALL_THERE],
    pairs: { least: 7, most: 12 },
    timeout_ms: 120_000,
  },
  async ({ stack, random, reaper, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const database = await filledDatabase(stack.serverUrl, SIZE);
    ends.defer(() => database.drop());
    if (stack.release !== 'v1.0.0') {
      // In a process of its own: a change that is planted is in one arm, and the worker is both arms'.
      const options = { postgresUrl: database.url, planted: stack.planted, reaper };
      await using migrator = await MigratorProcess.start(['up'], options);
      const end = await migrator.end(MIGRATED_MS);
      if (end !== RIGHT_END) throw new Error(`migrate up ended with ${end}: ${migrator.said()}`);
    }
    const sessions = await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const session = await openSession(database.url, { name: 'insert' });
        ends.defer(() => session.end());
        return session;
      }),
    );
    const session = await openSession(database.url, { name: 'write-cost' });
    ends.defer(() => session.end());
    await insert(sessions, WARM_UP, random);
    const [began_ms, before] = [performance.now(), await sessionTimes(session)];
    const took_ms = await insert(sessions, INSERTED, random);
    const elapsed_ms = performance.now() - began_ms;
    const spent_ms = takenBetween_ms(before, await sessionTimes(session));
    const p95_ms = took_ms.toSorted((a, b) => a - b)[Math.ceil(0.95 * took_ms.length) - 1] as number;
    // What sessions could do if they were what everybody waits for: no client and no disk takes part in the figure, and
    // a busy machine does not change it.
    observe('inserts_per_cpu_s', [(1_000 * INSERTED) / spent_ms]);
    observe('inserts_per_s', [(1_000 * INSERTED) / elapsed_ms]);
    observe('insert_p95_ms', [p95_ms]);

    const { rows } = await session.query<{ count: number }>('SELECT count(*)::int AS count FROM evaluations');
    const sizes = [...(await sizesOf(session))].map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(2)} MB`);
    const evidence = `${((1_000 * INSERTED) / elapsed_ms).toFixed(0)} inserts/s, p95 ${p95_ms.toFixed(2)} ms; ${sizes.join(', ') || 'none of the eleven indexes'}`;
    fact(ALL_THERE, rows[0]?.count === SIZE.evaluations + WARM_UP + INSERTED, evidence);
  },
);

/** A row a transaction, as an evaluation that is done is one; each session sends the next when it has its answer. */
async function insert(sessions: readonly Session[], count: number, random: () => number): Promise<number[]> {
  const took_ms: number[] = [];
  let begun = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (begun < count) {
        begun += 1;
        const region = REGIONS[Math.floor(random() * REGIONS.length)];
        const values = [randomUUID(), agentOf(1 + Math.floor(random() * SIZE.agents)), region];
        const sent_ms = performance.now();
        await session.query({ name: 'insert', text: INSERT, values });
        took_ms.push(performance.now() - sent_ms);
      }
    }),
  );
  return took_ms;
}
