/**
 * A mark in the environment of each process we start, which all its descendants inherit: it tells who left the group by
 * making a session of their own. Read from /proc (proc_pid_environ(5)); elsewhere nobody is found.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { identify, type ProcessIdentity, processIsAlive } from './process-group.ts';

const VARIABLE = 'HARNESS_MARK';

/** A mark that nobody else has, as the variable that carries it. */
export function newMark(): { readonly [VARIABLE]: string } {
  return { [VARIABLE]: randomUUID() };
}

/** Every living process that carries the mark. Of another user's processes only root hears. */
export function markedProcesses(mark: string): ProcessIdentity[] {
  return processIds().flatMap((pid) => {
    const identity = carries(pid, mark) ? identify(pid) : undefined;
    return identity && processIsAlive(identity) ? [identity] : [];
  });
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  } catch {
    return []; // No Linux.
  }
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${VARIABLE}=${mark}`);
  } catch {
    return false; // It ended, or is another user's.
  }
}
