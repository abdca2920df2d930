/** The two connections of a migrator: one that does the work, one statement at a time, and one that watches and cancels it. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { MigratorError } from './migrator-error.ts';

/** The advisory lock that one migrator at a time holds in a database; the number of this release. */
const LOCK = 1_000_001;
const POLL_ms = 200;
/** Parameters that this server does not know, or cannot follow on its platform. */
const UNSUPPORTED = new Set(['42704', '22023']);

export interface BuildProgress {
  readonly phase: string;
  /** Of the phase: blocks, tuples, or transactions to wait for. 0 of 0 where the phase counts nothing. */
  readonly done: number;
  readonly total: number;
}

export class MigratorSession {
  readonly worker: pg.Client;
  readonly watcher: pg.Client;
  readonly pids: readonly number[];

  private constructor(worker: pg.Client, watcher: pg.Client, pids: readonly number[]) {
    this.worker = worker;
    this.watcher = watcher;
    this.pids = pids;
  }

  /**
   * `lockTimeout_ms` bounds each wait of a statement for a lock or for other transactions; builds have no bound.
   * @throws MigratorError MIGRATOR_NO_CONNECTION
   */
  static async open(url: string, lockTimeout_ms: number): Promise<MigratorSession> {
    const [worker, watcher] = [connection(url, 'tars-migrator'), connection(url, 'tars-migrator-watch')];
    try {
      await Promise.all([worker.connect(), watcher.connect()]);
      await worker.query(`SET statement_timeout = 0`);
      await worker.query(`SET lock_timeout = ${Math.round(lockTimeout_ms)}`);
      // A server notices only so that its migrator was killed, and gives the lock and the table back.
      await worker.query(`SET client_connection_check_interval = '1s'`).catch((error) => {
        if (!UNSUPPORTED.has(error.code)) throw error;
      });
      await watcher.query(`SET statement_timeout = '10s'`);
      return new MigratorSession(worker, watcher, [await pidOf(worker), await pidOf(watcher)]);
    } catch (error) {
      await Promise.allSettled([worker.end(), watcher.end()]);
      throw new MigratorError('MIGRATOR_NO_CONNECTION', unreached(worker, error), { cause: error });
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.worker.end(), this.watcher.end()]);
  }

  /**
   * Polls for the lock: a session that waits in `pg_advisory_lock` is a transaction that the other migrator's build
   * waits for, and both deadlock.
   * @throws MigratorError MIGRATOR_BUSY after `patience_ms`
   */
  async lock(patience_ms: number, signal: AbortSignal): Promise<void> {
    const deadline_ms = performance.now() + patience_ms;
    for (;;) {
      const { rows } = await this.worker.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK]);
      if (rows[0]?.held) return;
      if (performance.now() >= deadline_ms) throw new MigratorError('MIGRATOR_BUSY', await this.#whoHoldsIt());
      await sleep(POLL_ms, undefined, { signal });
    }
  }

  /** Does nothing without the lock. A connection that broke has given it back already. */
  async unlock(): Promise<void> {
    await this.worker.query('SELECT pg_advisory_unlock_all()').catch(() => {});
  }

  /** Makes the worker's statement, if there is one, end with 57014. */
  async cancel(): Promise<void> {
    await this.watcher.query('SELECT pg_cancel_backend($1)', [this.pids[0]]);
  }

  /** Of the build that the worker is in; `undefined` in none. */
  async progress(): Promise<BuildProgress | undefined> {
    const { rows } = await this.watcher.query<BuildProgress>(
      `SELECT phase, greatest(blocks_done, tuples_done, lockers_done)::float8 AS done,
         greatest(blocks_total, tuples_total, lockers_total)::float8 AS total
       FROM pg_stat_progress_create_index WHERE pid = $1`,
      [this.pids[0]],
    );
    return rows[0];
  }

  async #whoHoldsIt(): Promise<string> {
    const { rows } = await this.worker.query<{ pid: number; since: Date | null }>(
      `SELECT l.pid, a.backend_start AS since FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [LOCK],
    );
    const [holder] = rows;
    if (holder === undefined) return 'another migrator was at work until just now; start again';
    return `another migrator is at work: pid ${holder.pid}, since ${holder.since?.toISOString() ?? 'an unknown time'}; wait until it is done, or end it with SELECT pg_terminate_backend(${holder.pid})`;
  }
}

function connection(url: string, application_name: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // One that breaks fails its query; unheard it would end the process besides.
  client.on('error', () => {});
  return client;
}

/** Without the URL, which may hold a password. */
function unreached({ host, port, database }: pg.Client, error: unknown): string {
  // Of a name with several addresses Node has tried them all, and says nothing itself.
  const causes = error instanceof AggregateError ? error.errors : [error];
  const said = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; ');
  return `expected PostgreSQL to let us into the database ${database} at ${host}:${port}, and it did not: ${said}. Start it, or mend TARS_POSTGRES_URL, and start again`;
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid as number;
}
