/**
 * Brings the indexes of v1.0.1 into a database that is in use, and takes them out again (TARS-1004).
 *
 * Every step begins with what the catalogue says and ends with asking it again, so a migrator that was killed at any
 * moment is simply started again. A build that did not end is dropped and made anew; a statement is tried again only
 * after a lock time-out or a deadlock, which say that others were at work.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createStatement, dropStatement, type IndexDefinition, indexedTables, statisticsStatement } from './indexes.ts';
import { MigratorError } from './migrator-error.ts';
import { type Obstacle, obstaclesFor, obstaclesInWords } from './obstacles.ts';
import { MigratorSession } from './session.ts';
import { type IndexStanding, missingTables, standingOf } from './standing.ts';
import { failureOf } from './statement-failure.ts';

export interface MigratorOptions {
  /**
   * How long a statement waits for a lock or for other transactions. Short, since whoever then wants the whole table
   * (ALTER TABLE) queues behind it, and everybody else behind them.
   * @default 5000
   */
  readonly lockTimeout_ms?: number;
  /** How often a statement is tried. @default 10 */
  readonly attempts?: number;
  /** How long to wait for another migrator to be done. @default 60000 */
  readonly patience_ms?: number;
  /** Cancels the statement under way and takes back what it left. */
  readonly signal?: AbortSignal;
  readonly tell?: (event: MigrationEvent) => void;
}

/** What happens, as it happens. */
export type MigrationEvent =
  | { readonly type: 'statement'; readonly sql: string }
  | { readonly type: 'done'; readonly sql: string; readonly took_ms: number }
  | { readonly type: 'again'; readonly sql: string; readonly attempt: number; readonly why: string }
  | { readonly type: 'standing'; readonly index: IndexDefinition }
  /** A build that failed could not be taken back: it is invalid, and dropped by the next start. */
  | { readonly type: 'left'; readonly index: IndexDefinition; readonly why: string };

/** What `up` or `down` would do now. */
export interface MigrationPlan {
  readonly statements: readonly string[];
  /** What forbids to begin. */
  readonly problems: readonly MigratorError[];
  /** What a build would have to wait for. */
  readonly obstacles: readonly Obstacle[];
}

const LOCK_TIMEOUT = '55P03';
const DEADLOCK = '40P01';
const FIRST_PAUSE_ms = 500;
const LONGEST_PAUSE_ms = 15_000;

export class Migrator {
  readonly session: MigratorSession;
  readonly #attempts: number;
  readonly #patience_ms: number;
  readonly #signal: AbortSignal;
  readonly #tell: (event: MigrationEvent) => void;

  private constructor(session: MigratorSession, options: MigratorOptions) {
    this.session = session;
    this.#attempts = options.attempts ?? 10;
    this.#patience_ms = options.patience_ms ?? 60_000;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#tell = options.tell ?? (() => {});
  }

  /** Opens two connections to the database of `url`; `close` ends them. @throws MigratorError MIGRATOR_NO_CONNECTION */
  static async connect(url: string, options: MigratorOptions = {}): Promise<Migrator> {
    return new Migrator(await MigratorSession.open(url, options.lockTimeout_ms ?? 5_000), options);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  async status(): Promise<IndexStanding[]> {
    return standingOf(this.session.watcher);
  }

  /** Changes nothing, and takes no lock. */
  async plan(direction: 'up' | 'down'): Promise<MigrationPlan> {
    const client = this.session.watcher;
    const standing = await standingOf(client);
    const statements = direction === 'up' ? statementsUp(standing) : statementsDown(standing);
    const problems = [...(direction === 'up' ? await withoutTable(client) : []), ...namesTaken(standing)];
    return { statements, problems, obstacles: await obstaclesFor(client, this.session.pids) };
  }

  /**
   * Every index stands, valid and as defined, and the planner's statistics are fresh.
   * @throws MigratorError
   */
  async up(): Promise<void> {
    await this.#alone(async () => {
      refuse(await withoutTable(this.session.worker));
      const standing = await standingOf(this.session.worker);
      refuse(namesTaken(standing));
      for (const { index, state } of standing) {
        if (state === 'valid') this.#tell({ type: 'standing', index });
        else await this.#build(index, state !== 'missing');
      }
      for (const table of indexedTables) await this.#run(statisticsStatement(table));
    });
  }

  /**
   * None of the indexes stands; v1.0.0's own are left as they are.
   * @throws MigratorError
   */
  async down(): Promise<void> {
    await this.#alone(async () => {
      const standing = await standingOf(this.session.worker);
      refuse(namesTaken(standing));
      for (const sql of statementsDown(standing)) await this.#run(sql);
    });
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    const cancel = () => void this.session.cancel().catch(() => {});
    this.#signal.addEventListener('abort', cancel);
    try {
      this.#signal.throwIfAborted();
      await this.session.lock(this.#patience_ms, this.#signal);
      await work();
    } catch (error) {
      if (error instanceof MigratorError) throw error;
      if (!this.#signal.aborted) throw failureOf('the migration', error);
      throw new MigratorError('MIGRATOR_INTERRUPTED', 'interrupted; another start goes on from what stands', {
        cause: error,
      });
    } finally {
      this.#signal.removeEventListener('abort', cancel);
      await this.session.unlock();
    }
  }

  async #build(index: IndexDefinition, leftover: boolean): Promise<void> {
    if (leftover) await this.#run(dropStatement(index));
    try {
      await this.#run(createStatement(index), dropStatement(index));
    } catch (error) {
      await this.#takeBack(index, error);
      throw error;
    }
    const built = (await standingOf(this.session.worker)).find((one) => one.index === index);
    if (built?.state === 'valid') return;
    throw new MigratorError(
      'MIGRATOR_NOT_AS_ASKED',
      `expected ${index.name} to be valid, and it is ${built?.state ?? 'missing'}: ${built?.found ?? 'nothing has the name'}`,
    );
  }

  /** What is invalid is paid for by every write, and takes the room that may be wanting. */
  async #takeBack(index: IndexDefinition, failure: unknown): Promise<void> {
    const code = failure instanceof MigratorError ? failure.code : undefined;
    // Who held up the build holds up this as well.
    if (code === 'MIGRATOR_NO_CONNECTION' || code === 'MIGRATOR_BLOCKED') return;
    try {
      await this.session.worker.query(dropStatement(index));
    } catch (error) {
      this.#tell({ type: 'left', index, why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** One statement; `before` is run before each further attempt. */
  async #run(sql: string, before?: string): Promise<void> {
    let pause_ms = FIRST_PAUSE_ms;
    for (let attempt = 1; ; attempt++) {
      this.#signal.throwIfAborted();
      const began_ms = performance.now();
      this.#tell({ type: 'statement', sql });
      try {
        if (attempt > 1 && before !== undefined) await this.session.worker.query(before);
        await this.session.worker.query(sql);
        this.#tell({ type: 'done', sql, took_ms: performance.now() - began_ms });
        return;
      } catch (error) {
        if (this.#signal.aborted) throw error;
        if (!isOthersDoing(error)) throw failureOf(sql, error);
        const why = obstaclesInWords(await obstaclesFor(this.session.watcher, this.session.pids));
        if (attempt >= this.#attempts) {
          throw new MigratorError(
            'MIGRATOR_BLOCKED',
            `${sql}: tried ${attempt} times, held up by others each time: ${why}. Start again when they are done`,
            { cause: error },
          );
        }
        this.#tell({ type: 'again', sql, attempt, why });
        await sleep(pause_ms, undefined, { signal: this.#signal });
        pause_ms = Math.min(LONGEST_PAUSE_ms, 2 * pause_ms);
      }
    }
  }
}

function isOthersDoing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === LOCK_TIMEOUT || error.code === DEADLOCK);
}

function refuse(problems: readonly MigratorError[]): void {
  if (problems[0] !== undefined) throw problems[0];
}

async function withoutTable(client: Parameters<typeof missingTables>[0]): Promise<MigratorError[]> {
  const missing = await missingTables(client);
  if (missing.length === 0) return [];
  return [
    new MigratorError(
      'MIGRATOR_NO_TABLE',
      `expected the tables of v1.0.0 in the current schema, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there; is this the right database?`,
    ),
  ];
}

function namesTaken(standing: readonly IndexStanding[]): MigratorError[] {
  return standing
    .filter(({ state }) => state === 'other')
    .map(
      ({ index, found }) =>
        new MigratorError(
          'MIGRATOR_NAME_TAKEN',
          `expected ${index.name} to be "ON ${index.table} ${index.definition}", and it is "${found}"; rename or drop that first, it is not ours to drop`,
        ),
    );
}

function statementsUp(standing: readonly IndexStanding[]): string[] {
  const builds = standing.flatMap(({ index, state }) => {
    if (state === 'valid' || state === 'other') return [];
    return state === 'missing' ? [createStatement(index)] : [dropStatement(index), createStatement(index)];
  });
  return [...builds, ...indexedTables.map(statisticsStatement)];
}

/** Newest first, as a stack is taken down. */
function statementsDown(standing: readonly IndexStanding[]): string[] {
  return standing
    .filter(({ state }) => state !== 'missing' && state !== 'other')
    .map(({ index }) => dropStatement(index))
    .reverse();
}
