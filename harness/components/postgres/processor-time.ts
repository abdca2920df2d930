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

/**
 * In ms since each session of the client's database was begun, all of them together but the client's own. What a session
 * had before it ended is gone, and so is a parallel worker's when its query is over: of two moments the later less the
 * earlier is never too much.
 * @throws ProcessorTimeError when there is no such `/proc`, or the server runs elsewhere
 */
export async function sessionsProcessorTime_ms(client: Pick<Client, 'query'>): Promise<number> {
  const { rows } = await client.query<{ pid: number; own: boolean }>(
    'SELECT pid, pid = pg_backend_pid() AS own FROM pg_stat_activity WHERE datname = current_database()',
  );
  if (!rows.some(({ own, pid }) => own && isPostgres(pid)))
    throw new ProcessorTimeError(
      'expected the PostgreSQL server to be a process of this machine that /proc tells of; let the harness start one (unset the URL), on Linux',
    );
  const times_ns = rows.filter(({ own }) => !own).map(({ pid }) => timeOf_ns(pid));
  return times_ns.reduce((sum, one) => sum + one, 0) / 1_000_000;
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
