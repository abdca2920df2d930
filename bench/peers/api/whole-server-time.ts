/**
 * The processor time of a whole PostgreSQL server on this machine: all its processes, and the sessions that have ended,
 * which the postmaster has waited for; pgbench's end with it. Told by Linux' `/proc`, to its tick (10 ms mostly).
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** User and system time of its own, and of the children that it has waited for. */
interface Times {
  readonly parent: number;
  readonly ticks: number;
}

let ticksPerSecond: number | undefined;

/**
 * In ms since the server was started; undefined when its processes cannot be seen here.
 * @param client a session on the server
 */
export async function wholeServerTime_ms(client: Pick<Client, 'query'>): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const session = timesOf(rows[0]?.pid as number);
  if (session === undefined || !isPostgres(session.parent)) return undefined;
  const postmaster = session.parent;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const ticks = pids
    .map((pid) => [Number(pid), timesOf(Number(pid))] as const)
    .filter(([pid, one]) => pid === postmaster || one?.parent === postmaster)
    .reduce((sum, [, one]) => sum + (one?.ticks ?? 0), 0);
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8', timeout: 5_000 }));
  return (ticks / ticksPerSecond) * 1_000;
}

/** Undefined when there is no such process, any more or at all. */
function timesOf(pid: number): Times | undefined {
  try {
    // The second field, the name in parentheses, may hold blanks and parentheses of its own.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return undefined;
  }
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('postgres');
  } catch {
    return false;
  }
}
