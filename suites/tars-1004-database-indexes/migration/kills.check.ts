/** TARS-1004: a migrator killed in each phase of the build of each index; the next run must end right. */
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { barePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { check } from '../../../harness/checks/check.ts';
import { killsOf } from './kill-plan.ts';
import { KillSite, RUN_MS, UP } from './kill-site.ts';
import { MigratorProcess, RIGHT_END } from './migrator-process.ts';

const KILLS_IN_STANDARD = 15;
const IN_STANDARD: DataSize = {
  evaluations: 50_000,
  agents: 500,
  agentStates: 5_000,
  metrics: 5_000,
  auditLogs: 5_000,
  apiKeys: 5_000,
  users: 500,
};
const IN_NIGHTLY: DataSize = { ...IN_STANDARD, evaluations: 1_000_000, agents: 10_000 };
/** Databases at a time: most of a kill is waiting until the server notices it. */
const SITES = 3;

const ENDED_RIGHT = 'whatever was killed, the next run leaves eleven whole indexes and every row';

check(
  'tars-1004/kills',
  {
    lane: 'functional',
    stack: barePostgres,
    from: 'standard',
    arms: ['candidate'],
    measures: { kill_faults: 'faults' },
    facts: [ENDED_RIGHT],
    timeout_ms: 1_800_000,
  },
  async ({ stack, profile, random, reaper, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const nightly = profile === 'nightly';
    const kills = killsOf(random, nightly ? undefined : KILLS_IN_STANDARD);
    const model = await filledDatabase(stack.serverUrl, nightly ? IN_NIGHTLY : IN_STANDARD);
    ends.defer(() => model.drop());
    await using undisturbed = await MigratorProcess.start(UP, {
      postgresUrl: model.url,
      planted: stack.planted,
      reaper,
    });
    const end = await undisturbed.end(RUN_MS);
    if (end !== RIGHT_END)
      throw new Error(`expected a migration that nobody disturbs to succeed: ${undisturbed.said()}`);

    const faults: string[] = [];
    const left = [...kills];
    const killAtSite = async () => {
      const site = await KillSite.open({ stack, modelUrl: model.url, reaper, signal });
      ends.defer(() => site.close());
      for (let kill = left.shift(); kill !== undefined; kill = left.shift()) {
        const { index, phase } = kill;
        const found = await site.faultsAfter(kill);
        observe('kill_faults', [found.length]);
        faults.push(...found.map((fault) => `${index.name} killed in "${phase}": ${fault}`));
      }
      faults.push(...(await site.corruptions()));
    };
    // All of them, whatever becomes of one: what they work with is taken away afterwards.
    const sites = await Promise.allSettled(Array.from({ length: SITES }, killAtSite));
    const failed = sites.find((site) => site.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    fact(ENDED_RIGHT, faults.length === 0, faults.join('; ') || `${kills.length} kills`);
  },
);
