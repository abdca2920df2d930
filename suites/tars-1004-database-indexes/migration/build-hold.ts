/**
 * Keeps a concurrent build of an index in one of its phases, for as long as a check wants. Nothing sleeps and nothing is
 * slowed: other sessions hold what the build itself waits for.
 *
 * Of the phases that PostgreSQL tells of, two can be held by nobody: `index validation: sorting tuples` and `scanning
 * table` wait for no lock. A build that is killed there leaves what one killed in `scanning index` leaves: these three
 * are one transaction, which has changed nothing of the catalogue yet.
 * @see https://www.postgresql.org/docs/current/progress-reporting.html#CREATE-INDEX-PHASES
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
import { waitUntil } from '../../../harness/processes/wait.ts';
import type { IndexDefinition } from '../../../impl/database/indexes.ts';
import { openSession, type Session } from './session.ts';

/** In their order. */
export const HELD_PHASES = [
  'initializing',
  'waiting for writers before build',
  'building index',
  'waiting for writers before validation',
  'index validation: scanning index',
  'waiting for old snapshots',
] as const;
export type HeldPhase = (typeof HELD_PHASES)[number];

const PHASE_MS = 30_000;

export class BuildHold {
  readonly #url: string;
  readonly #index: IndexDefinition;
  readonly #phase: HeldPhase;
  readonly #signal: AbortSignal;
  readonly #watcher: Session;
  readonly #holders = new Map<string, Session>();
  /** Its process id. */
  #builder: number | undefined;

  private constructor(options: BuildHoldOptions, watcher: Session) {
    this.#url = options.url;
    this.#index = options.index;
    this.#phase = options.phase;
    this.#signal = options.signal;
    this.#watcher = watcher;
  }

  /** Takes what must be held before the build begins. */
  static async prepare(options: BuildHoldOptions): Promise<BuildHold> {
    const hold = new BuildHold(options, await openSession(options.url, { name: 'hold-watch' }));
    try {
      if (options.phase === 'initializing') await hold.#lockCatalogue();
      else if (options.phase === 'waiting for old snapshots') await hold.#keepSnapshot();
      else await hold.#write('writer');
      return hold;
    } catch (error) {
      await hold[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Resolves when the build waits in the phase, in which it stays until `release`. @throws WaitTimeoutError */
  async reach(): Promise<void> {
    if (this.#holders.has('writer')) await this.#beyondTheFirstWriter();
    await this.#waitsIn(this.#phase);
  }

  /** Whether the session that was seen in the phase still builds; another may have begun since. */
  async isBuilding(): Promise<boolean> {
    const { rows } = await this.#watcher.query(
      'SELECT FROM pg_stat_progress_create_index WHERE datname = current_database() AND pid = $1',
      [this.#builder],
    );
    return rows.length > 0;
  }

  /** Gives everything back. */
  async release(): Promise<void> {
    for (const name of [...this.#holders.keys()]) await this.#giveBack(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    await this.#watcher.end();
  }

  /** From phase to phase: the next hold is taken while the build waits for the last. */
  async #beyondTheFirstWriter(): Promise<void> {
    await this.#waitsIn('waiting for writers before build');
    if (this.#phase === 'waiting for writers before build') return;
    await this.#lockCatalogue();
    await this.#giveBack('writer');
    await this.#waitsIn('building index');
    if (this.#phase === 'building index') return;
    await this.#write('later-writer');
    await this.#giveBack('catalogue');
    await this.#waitsIn('waiting for writers before validation');
    if (this.#phase === 'waiting for writers before validation') return;
    await this.#lockIndex();
    await this.#giveBack('later-writer');
  }

  /** A transaction that wrote: a build waits for all that were there before it lets new ones see the index. */
  async #write(name: string): Promise<void> {
    await this.#take(name, 'BEGIN', `LOCK TABLE ${this.#index.table} IN ROW EXCLUSIVE MODE`);
  }

  /** A build writes into `pg_class` twice: when it enters the index, and when the index is built. */
  async #lockCatalogue(): Promise<void> {
    await this.#take('catalogue', 'BEGIN', 'LOCK TABLE pg_class IN SHARE MODE');
  }

  /** Moved to where it stands already: this locks an index and nothing else, which LOCK TABLE refuses. */
  async #lockIndex(): Promise<void> {
    await this.#take('index', 'BEGIN', `ALTER INDEX ${this.#index.name} SET TABLESPACE pg_default`);
  }

  async #keepSnapshot(): Promise<void> {
    await this.#take('snapshot', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1');
  }

  async #take(name: string, ...statements: readonly string[]): Promise<void> {
    const session = await openSession(this.#url, { name: `hold-${name}` });
    this.#holders.set(name, session);
    for (const statement of statements) await session.query(statement);
  }

  async #giveBack(name: string): Promise<void> {
    await this.#holders.get(name)?.end();
    this.#holders.delete(name);
  }

  async #waitsIn(phase: HeldPhase): Promise<void> {
    await waitUntil(
      `the build of ${this.#index.name} to wait in "${phase}"`,
      async () => {
        const { rows } = await this.#watcher.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_progress_create_index p JOIN pg_stat_activity a USING (pid)
           WHERE p.datname = current_database() AND p.relid = $1::regclass
             AND starts_with(p.phase, $2) AND a.wait_event_type = 'Lock'`,
          [this.#index.table, phase],
        );
        this.#builder = rows[0]?.pid;
        return rows.length === 1;
      },
      { timeout_ms: PHASE_MS, interval_ms: 10, signal: this.#signal },
    );
  }
}

export interface BuildHoldOptions {
  /** Of the database. */
  readonly url: string;
  readonly index: IndexDefinition;
  readonly phase: HeldPhase;
  readonly signal: AbortSignal;
}
