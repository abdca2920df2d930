/** A database with all eleven indexes, in which one build after the other is killed and made anew by the next run. */
import type { BarePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import { type ClaimedPostgresDatabase, createDatabase } from '../../../harness/components/claim.ts';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';
import { createStatement } from '../../../impl/database/indexes.ts';
import { BuildHold } from './build-hold.ts';
import { corruptionsOf, differencesOf, fingerprintOf, installAmcheck, schemaOf } from './catalogue.ts';
import type { Kill } from './kill-plan.ts';
import { MigratorProcess, type MigratorProcessOptions, RIGHT_END } from './migrator-process.ts';
import { openSession, type Session } from './session.ts';

/** The hold decides how long a build waits, and not the migrator's patience. */
export const UP = ['up', '--lock-timeout', '100000'];
/** The longest run, on a million rows. */
export const RUN_MS = 120_000;
/** Ten times what the migrator's session lets pass between two looks whether its client is there. */
const NOTICED_MS = 10_000;

export interface KillSiteOptions {
  readonly stack: BarePostgres;
  /** URL of the database, with all indexes and without a session, that it becomes a copy of. */
  readonly modelUrl: string;
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

export class KillSite {
  readonly #database: ClaimedPostgresDatabase;
  readonly #session: Session;
  readonly #migrator: MigratorProcessOptions;
  readonly #signal: AbortSignal;
  /** As a migration that nobody disturbed left it. */
  readonly #schema: readonly string[];

  private constructor(
    database: ClaimedPostgresDatabase,
    session: Session,
    schema: readonly string[],
    { stack, reaper, signal }: KillSiteOptions,
  ) {
    this.#database = database;
    this.#session = session;
    this.#schema = schema;
    this.#migrator = { postgresUrl: database.url, planted: stack.planted, reaper };
    this.#signal = signal;
  }

  /** @throws Error when the server lacks amcheck; what `pg` throws */
  static async open(options: KillSiteOptions): Promise<KillSite> {
    const database = await createDatabase(options.stack.serverUrl, 'kills', options.modelUrl);
    try {
      const session = await openSession(database.url, { name: 'kill-site' });
      await installAmcheck(session);
      return new KillSite(database, session, await schemaOf(session), options);
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#session.end();
    await this.#database.drop();
  }

  /** Kills a build, and says what is not as it was after the next run. */
  async faultsAfter({ index, phase }: Kill): Promise<string[]> {
    const rows = await fingerprintOf(this.#session, index.table);
    await this.#session.query(`DROP INDEX ${index.name}`);
    await using hold = await BuildHold.prepare({ url: this.#database.url, index, phase, signal: this.#signal });
    await using killed = await MigratorProcess.start(UP, this.#migrator);
    await hold.reach();
    await killed.kill();
    // At once, as an operator would: it has to wait until the server has noticed.
    await using next = await MigratorProcess.start(UP, this.#migrator);
    const unnoticed = await this.#noticed(hold);
    await hold.release();
    const end = await next.end(RUN_MS);
    const faults = [
      ...unnoticed,
      ...(end === RIGHT_END ? [] : [`the next run ended with ${end}: ${next.said().split('\n').at(-1)}`]),
      ...differencesOf(this.#schema, await schemaOf(this.#session)),
      ...((await fingerprintOf(this.#session, index.table)) === rows
        ? []
        : [`${index.table} has other rows than before`]),
    ];
    if (faults.length === 0) return corruptionsOf(this.#session, [index.name]);
    // So that the next kill finds what this one did.
    await this.#session.query(`DROP INDEX IF EXISTS ${index.name}`);
    await this.#session.query(createStatement(index));
    return faults;
  }

  /** Of all eleven. */
  corruptions(): Promise<string[]> {
    return corruptionsOf(this.#session);
  }

  /** While the build is held, it can end only because its client has gone. */
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
}
