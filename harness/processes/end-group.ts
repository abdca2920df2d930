/** Ends a process group, and who left it. Shared by the reaper and the harness. */
import { setTimeout as sleep } from 'node:timers/promises';
import { groupIsAlive, type ProcessIdentity, signalGroup, signalProcess } from './process-group.ts';
import { markedProcesses } from './process-mark.ts';

/** How a group is ended: its own stop signal, then SIGKILL after the grace. */
export interface Ending {
  readonly stopSignal: NodeJS.Signals;
  readonly grace_ms: number;
  /** What the environment of its processes carries; without it those who left the group are not looked for. */
  readonly mark?: string | undefined;
}

const POLL_MS = 20;
const AFTER_SIGKILL_MS = 5_000;
/** How long a process without any environment is taken for one in the middle of execve(2); then it just has none. */
const EXECVE_MS = 500;

async function isGoneWithin(leader: ProcessIdentity, timeout_ms: number): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (groupIsAlive(leader)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Whether nobody lives in the group or carries its mark. */
export function isGone(leader: ProcessIdentity, { mark }: Pick<Ending, 'mark'>): boolean {
  if (groupIsAlive(leader)) return false;
  if (mark === undefined) return true;
  const { found, isCertain } = markedProcesses(mark, leader);
  return found.length === 0 && isCertain;
}

/**
 * Ends a group: the stop signal, SIGCONT (a stopped process cannot obey), the grace, SIGKILL. Then, in the same way and
 * in what is left of the grace, those who left it: not before, for who leads the group may be ending them in order, as
 * a PostgreSQL postmaster does with its backends.
 * Resolves with whether all are gone; they are not only when the kernel cannot end one within 5 s of SIGKILL.
 */
export async function endGroup(leader: ProcessIdentity, ending: Ending): Promise<boolean> {
  const { stopSignal, grace_ms } = ending;
  const graceEnds = performance.now() + grace_ms;
  signalGroup(leader, stopSignal);
  signalGroup(leader, 'SIGCONT');
  if (!(await isGoneWithin(leader, grace_ms))) signalGroup(leader, 'SIGKILL');
  const isGroupGone = await isGoneWithin(leader, AFTER_SIGKILL_MS);
  return (await endMarked(leader, ending, graceEnds)) && isGroupGone;
}

async function endMarked(leader: ProcessIdentity, { stopSignal, mark }: Ending, graceEnds: number): Promise<boolean> {
  if (mark === undefined) return true;
  const asked = new Set<number>();
  const began = performance.now();
  for (;;) {
    const { found, isCertain } = markedProcesses(mark, leader);
    const now = performance.now();
    if (found.length === 0 && (isCertain || now - began > EXECVE_MS)) return true;
    if (now > Math.max(began, graceEnds) + AFTER_SIGKILL_MS) return false;
    for (const process of found) {
      if (now >= graceEnds) {
        signalProcess(process, 'SIGKILL');
      } else if (!asked.has(process.pid)) {
        asked.add(process.pid);
        signalProcess(process, stopSignal);
        signalProcess(process, 'SIGCONT');
      }
    }
    await sleep(POLL_MS);
  }
}
