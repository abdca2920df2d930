/** TARS-1004: what goes wrong around a migration, done on purpose: each time it ends right, or says clearly why not. */
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { type BarePostgres, barePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { check } from '../../../harness/checks/check.ts';
import type { CheckContext } from '../../../harness/checks/check-definition.ts';
import { createDatabase } from '../../../harness/components/claim.ts';
import { schemaOf } from './catalogue.ts';
import { ENDS_MS, type Site, start } from './drill-site.ts';
import * as drills from './drills.ts';
import { endedOnTheServer, fullDisk, interrupted } from './ended-builds.ts';
import { RIGHT_END } from './migrator-process.ts';
import { openSession } from './session.ts';

/** What is done wrong around a migration does not depend on how much it has to build. */
const FEW: DataSize = {
  evaluations: 2_000,
  agents: 50,
  agentStates: 500,
  metrics: 500,
  auditLogs: 500,
  apiKeys: 500,
  users: 50,
};

const FACTS = {
  second: 'of two migrators at once the second waits, both end right, and neither is the victim of a deadlock',
  analyze:
    'a deadlock with an ANALYZE of the table from another session is got over, and a time limit of the application binds no build',
  idle: 'a transaction that idles for long is named, and the build is tried again until it has gone',
  leftover: 'an invalid index that another tool left is built anew',
  taken: 'an index of the same name with other columns is told by its definition, and left as it is',
  rollback: 'a rollback that was killed behind a reader is ended by the next one, and leaves the schema of v1.0.0',
  full: 'a build that the disk has no room for is told by its code and taken back; the next run ends right, and leaves the tables vacuumed',
  ended:
    'so is one that is cancelled on the server; one that is cut off there is told as invalid, and the next run ends right',
  interrupted: 'Ctrl-C takes the build back, a second one ends it at once, and the next run ends right',
} as const;
type Drill = keyof typeof FACTS;

check(
  'tars-1004/migration-drills',
  {
    lane: 'functional',
    stack: barePostgres,
    from: 'standard',
    arms: ['candidate'],
    facts: Object.values(FACTS),
    timeout_ms: 240_000,
  },
  async (context) => {
    const { stack, fact } = context;
    await using ends = new AsyncDisposableStack();
    const empty = await filledDatabase(stack.serverUrl, FEW);
    ends.defer(() => empty.drop());
    const whole = await createDatabase(stack.serverUrl, 'drills', empty.url);
    ends.defer(() => whole.drop());
    const schemas = await schemasOf(context, empty.url, whole.url);
    const drill = async (name: Drill, go: (site: Site) => Promise<string[]>) => {
      const database = await createDatabase(stack.serverUrl, 'drills', name === 'rollback' ? whole.url : empty.url);
      try {
        await using session = await openSession(database.url, { name: 'drill' });
        const faults = await go({ ...context, ...schemas, url: database.url, session });
        fact(FACTS[name], faults.length === 0, faults.join('; '));
      } finally {
        await database.drop();
      }
    };
    // All of them, whatever becomes of one: the databases that they were made from are dropped afterwards.
    const all = [
      drill('second', drills.secondMigrator),
      drill('analyze', drills.deadlockWithAnalyze),
      drill('idle', drills.idleTransaction),
      drill('leftover', drills.leftover),
      drill('taken', drills.nameTaken),
      drill('rollback', drills.killedRollback),
      drill('full', fullDisk),
      drill('ended', endedOnTheServer),
      drill('interrupted', interrupted),
    ];
    const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  },
);

async function schemasOf(context: CheckContext<BarePostgres>, emptyUrl: string, wholeUrl: string) {
  const schemaAt = async (url: string) => {
    await using session = await openSession(url, { name: 'drills' });
    return await schemaOf(session);
  };
  await using migrator = await start(context, wholeUrl, 'up');
  const end = await migrator.end(ENDS_MS);
  if (end !== RIGHT_END) throw new Error(`expected a migration that nobody disturbs to succeed: ${migrator.said()}`);
  return { schemaBefore: await schemaAt(emptyUrl), schemaAfter: await schemaAt(wholeUrl) };
}
