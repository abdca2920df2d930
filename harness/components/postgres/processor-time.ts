/**
 * The processor time of the sessions in a PostgreSQL database, on this machine. Told by Linux' `/proc`.
 * @see https://docs.kernel.org/scheduler/sched-stats.html, "/proc/<pid>/schedstat"
 */
import { readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** The server's sessions are no processes that this machine can be asked about. */
export class ProcessorTimeError extends Error {
  readonly code = 'ERR_PROCESSOR_TIME';
  override readonly name = 'ProcessorTimeError';
}

/** Of each session by its process id, in ms since it was begun. */
export type SessionTimes = ReadonlyMap<number, number>;

/**
 * The times of the sessions in the client's database, its own left out.
 * @throws ProcessorTimeError when there is no such `/proc`, or the server runs elsewhere
 */
export async function sessionTimes(client: Pick<Client, 'query'>): Promise<SessionTimes> {
  const { rows } = await client.query<{ pid: number; own: boolean }>(
    'SELECT pid, pid = pg_backend_pid() AS own FROM pg_stat_activity WHERE datname = current_database()',
  );
  if (!rows.some(({ own, pid }) => own && isPostgres(pid)))
    throw new ProcessorTimeError(
      'expected the PostgreSQL server to be a process of this machine that /proc tells of; let the harness start one (unset the URL), on Linux',
    );
  return new Map(rows.filter(({ own }) => !own).map(({ pid }) => [pid, timeOf_ns(pid) / 1_000_000]));
}

/**
 * What they took from one moment to a later one, in ms. What a session took that has ended meanwhile is gone, and so is a
 * parallel worker's: it is never too much.
 */
export function takenBetween_ms(before: SessionTimes, after: SessionTimes): number {
  let taken_ms = 0;
  for (const [pid, time_ms] of after) taken_ms += Math.max(0, time_ms - (before.get(pid) ?? 0));
  return taken_ms;
}

/** 0 for one that has ended meanwhile. */
function timeOf_ns(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]);
  } catch {
    return 0;
  }
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('postgres');
  } catch {
    return false;
  }
}
