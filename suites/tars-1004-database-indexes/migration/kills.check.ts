/** TARS-1004: a migrator killed in each phase of the build of each index; the next run must end right. */
import { filledDatabase } from '../../../fixtures/evaluation-data/filled-database.ts';
import { type DataSize, FULL } from '../../../fixtures/evaluation-data/parameters.ts';
import { type BarePostgres, barePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { check } from '../../../harness/checks/check.ts';
import { createDatabase } from '../../../harness/components/claim.ts';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';
import { createStatement } from '../../../impl/database/indexes.ts';
import { BuildHold } from './build-hold.ts';
import { corruptionsOf, differencesOf, fingerprints, installAmcheck, schemaOf } from './catalogue.ts';
import { type Kill, killsOf } from './kill-plan.ts';
import { MigratorProcess, RIGHT_END } from './migrator-process.ts';
import { openSession, type Session } from './session.ts';

const IN_STANDARD = 15;
const SMALLER: DataSize = {
  evaluations: 50_000,
  agents: 500,
  agentStates: 5_000,
  metrics: 5_000,
  auditLogs: 5_000,
  apiKeys: 5_000,
  users: 500,
};
/** A killed build waits for nothing but its client's end to be noticed: databases at a time. */
const DATABASES = 3;
/** The migrator's own session looks every second whether its client is there. */
const NOTICED_MS = 10_000;
const REBUILT_MS = 120_000;
/** The hold decides how long a build waits, and not the migrator's patience. */
const UP = ['up', '--lock-timeout', '100000'];

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
    timeout_ms: 900_000,
  },
  async ({ stack, profile, random, reaper, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const nightly = profile === 'nightly';
    const kills = killsOf(random, nightly ? undefined : IN_STANDARD);
    const model = await filledDatabase(stack.serverUrl, nightly ? FULL : SMALLER);
    ends.defer(() => model.drop());
    const first = { postgresUrl: model.url, planted: stack.planted, reaper };
    await using undisturbed = await MigratorProcess.start(UP, first);
    const end = await undisturbed.end(REBUILT_MS);
    if (end !== RIGHT_END)
      throw new Error(`expected a migration that nobody disturbs to succeed: ${undisturbed.said()}`);

    const faults: string[] = [];
    const waiting = [...kills];
    await Promise.all(
      Array.from({ length: DATABASES }, async () => {
        const place = await Place.open(stack, model.url, reaper, signal);
        ends.defer(() => place.close());
        for (let kill = waiting.shift(); kill !== undefined; kill = waiting.shift()) {
          const found = await place.faultsOf(kill);
          observe('kill_faults', [found.length]);
          faults.push(...found.map((fault) => `${kill?.index.name} killed in "${kill?.phase}": ${fault}`));
        }
        faults.push(...(await place.corruptions()));
      }),
    );
    fact(ENDED_RIGHT, faults.length === 0, faults.join('; ') || `${kills.length} kills`);
  },
);

/** A database with all eleven indexes, in which one after the other is built, killed and built again. */
class Place {
  readonly #url: string;
  readonly #stack: BarePostgres;
  readonly #reaper: ReaperConnection;
  readonly #signal: AbortSignal;
  readonly #session: Session;
  readonly #drop: () => Promise<void>;
  #schema: string[] = [];

  private constructor(
    stack: BarePostgres,
    database: { readonly url: string; drop(): Promise<void> },
    session: Session,
    reaper: ReaperConnection,
    signal: AbortSignal,
  ) {
    this.#stack = stack;
    this.#url = database.url;
    this.#drop = database.drop;
    this.#session = session;
    this.#reaper = reaper;
    this.#signal = signal;
  }

  static async open(
    stack: BarePostgres,
    modelUrl: string,
    reaper: ReaperConnection,
    signal: AbortSignal,
  ): Promise<Place> {
    const database = await createDatabase(stack.serverUrl, 'kills', modelUrl);
    try {
      const session = await openSession(database.url, { name: 'kills' });
      const place = new Place(stack, database, session, reaper, signal);
      await installAmcheck(session);
      place.#schema = await schemaOf(session);
      return place;
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#session.end();
    await this.#drop();
  }

  /** What is not as it was after the next run. */
  async faultsOf({ index, phase }: Kill): Promise<string[]> {
    const rows = await fingerprints(this.#session, [index.table]);
    await this.#session.query(`DROP INDEX ${index.name}`);
    const options = { postgresUrl: this.#url, planted: this.#stack.planted, reaper: this.#reaper };
    await using hold = await BuildHold.prepare({ url: this.#url, index, phase, signal: this.#signal });
    await using killed = await MigratorProcess.start(UP, options);
    await hold.reach();
    await killed.kill();
    // At once, as an operator would; it waits until the server has noticed.
    await using next = await MigratorProcess.start(UP, options);
    const unnoticed = await this.#noticed(hold);
    await hold.release();
    const end = await next.end(REBUILT_MS);
    const after = await fingerprints(this.#session, [index.table]);
    return [
      ...unnoticed,
      ...(end === RIGHT_END ? [] : [`the next run ended with ${end}: ${next.said().split('\n').at(-1)}`]),
      ...differencesOf(this.#schema, await schemaOf(this.#session)),
      ...(after.get(index.table) === rows.get(index.table) ? [] : [`rows of ${index.table} are lost or changed`]),
      ...(end === RIGHT_END
        ? await corruptionsOf(this.#session, [index.name])
        : await this.#mend(createStatement(index))),
    ];
  }

  corruptions(): Promise<string[]> {
    return corruptionsOf(this.#session);
  }

  /** While the build is held it can end only because its client has gone. */
  async #noticed(hold: BuildHold): Promise<string[]> {
    const gone = async () => !(await hold.isBuilding());
    try {
      await waitUntil('the server to end the killed build', gone, { timeout_ms: NOTICED_MS, signal: this.#signal });
      return [];
    } catch (error) {
      this.#signal.throwIfAborted();
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  /** So that the next kill finds what the first did. */
  async #mend(create: string): Promise<string[]> {
    await this.#session.query(create.replace(/^CREATE INDEX CONCURRENTLY (\w+).*$/s, 'DROP INDEX IF EXISTS $1'));
    await this.#session.query(create);
    return [];
  }
}
