/** Looks every 50 ms whether a session of the application waits behind the migrator, by PostgreSQL's own table of locks. */
import { setTimeout as delay } from 'node:timers/promises';
import { openSession, type Session } from './session.ts';

const EVERY_ms = 50;

export interface Sample {
  /** Sessions of the application that wait for the migrator, or behind it for whom it waits for. */
  readonly blocked: number;
  /** What the migrator was doing: a phase of a build, `waiting for others`, or nothing. */
  readonly phase: string | undefined;
}

/**
 * `pg_blocking_pids` names who holds a lock and who stands before one in its queue, so that a migrator that merely
 * queues, with readers behind it, is seen; the recursion finds those who wait behind such a one in turn.
 */
const query = `
  WITH RECURSIVE migrator AS (SELECT pid FROM pg_stat_activity WHERE starts_with(application_name, 'tars-migrator')
      AND datname = current_database()),
    waits AS (SELECT DISTINCT l.pid, unnest(pg_blocking_pids(l.pid)) AS behind FROM pg_locks l WHERE NOT l.granted),
    blocked AS (SELECT pid FROM waits WHERE behind IN (SELECT pid FROM migrator)
      UNION SELECT w.pid FROM waits w JOIN blocked b ON w.behind = b.pid)
  SELECT (SELECT count(*)::int FROM blocked JOIN pg_stat_activity a USING (pid) WHERE a.application_name = $1) AS blocked,
    coalesce((SELECT phase FROM pg_stat_progress_create_index WHERE pid IN (SELECT pid FROM migrator) LIMIT 1),
      (SELECT 'waiting for others' FROM waits WHERE pid IN (SELECT pid FROM migrator) LIMIT 1)) AS phase`;

export class BlockedWatch {
  readonly #session: Session;
  readonly #stopping = new AbortController();
  readonly #samples: Sample[] = [];
  readonly #done: Promise<void>;

  private constructor(session: Session, application: string) {
    this.#session = session;
    this.#done = this.#run(application);
    this.#done.catch(() => {}); // `stop` tells.
  }

  /** @param application the name of the application's sessions. Throws what `pg` throws. */
  static async start(url: string, application: string): Promise<BlockedWatch> {
    return new BlockedWatch(await openSession(url, { name: 'blocked-watch', timeout_ms: 10_000 }), application);
  }

  /** Taken so far. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Resolves when it has gone. @throws what `pg` threw at a look */
  async stop(): Promise<void> {
    this.#stopping.abort();
    try {
      await this.#done;
    } finally {
      await this.#session.end();
    }
  }

  async #run(application: string): Promise<void> {
    let next_ms = performance.now();
    while (!this.#stopping.signal.aborted) {
      const { rows } = await this.#session.query<{ blocked: number; phase: string | null }>(query, [application]);
      const [row] = rows;
      if (row !== undefined) this.#samples.push({ blocked: row.blocked, phase: row.phase ?? undefined });
      // A look that took long is not made up for by looks that follow each other at once.
      next_ms = Math.max(next_ms + EVERY_ms, performance.now());
      await delay(next_ms - performance.now(), undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }
}
