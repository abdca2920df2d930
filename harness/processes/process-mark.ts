/**
 * A mark in the environment of each process we start, which all its descendants inherit: it tells who left the group by
 * making a session of their own. Read from /proc (proc_pid_environ(5)); elsewhere nobody is found.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { identify, type ProcessIdentity, processIsAlive } from './process-group.ts';

const VARIABLE = 'HARNESS_MARK';

/** A mark that nobody else has, as the variable that carries it. */
export function newMark(): { readonly [VARIABLE]: string } {
  return { [VARIABLE]: randomUUID() };
}

export interface MarkedProcesses {
  readonly found: readonly ProcessIdentity[];
  /** False while a process that started since then shows no environment at all, as in the middle of execve(2). */
  readonly isCertain: boolean;
}

/**
 * Every living process that carries the mark and is no older than `since`, who got it first.
 * Of another user's processes only root hears.
 */
export function markedProcesses(mark: string, since: ProcessIdentity): MarkedProcesses {
  const found: ProcessIdentity[] = [];
  let isCertain = true;
  for (const pid of processIds()) {
    const carries = carriesMark(pid, mark);
    const identity = carries === false ? undefined : identify(pid);
    if (!identity || !processIsAlive(identity) || Number(identity.startedAt) < Number(since.startedAt)) continue;
    if (carries) found.push(identity);
    else isCertain = false;
  }
  return { found, isCertain };
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return []; // No Linux.
  }
}

/** Undefined: it is not to be seen at this moment. */
function carriesMark(pid: number, mark: string): boolean | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (environment !== '') return environment.split('\0').includes(`${VARIABLE}=${mark}`);
    readlinkSync(`/proc/${pid}/exe`); // Threads of the kernel and zombies have none.
    return undefined;
  } catch {
    return false; // It ended, or is another user's.
  }
}
