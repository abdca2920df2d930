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

async function holdsWithin(timeout_ms: number, condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function stragglers({ mark }: Pick<Ending, 'mark'>): ProcessIdentity[] {
  return mark === undefined ? [] : markedProcesses(mark);
}

/** Whether nobody lives in the group or carries its mark. */
export function isGone(leader: ProcessIdentity, ending: Pick<Ending, 'mark'>): boolean {
  return !groupIsAlive(leader) && stragglers(ending).length === 0;
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
  if (!(await holdsWithin(grace_ms, () => !groupIsAlive(leader)))) signalGroup(leader, 'SIGKILL');
  const isGroupGone = await holdsWithin(AFTER_SIGKILL_MS, () => !groupIsAlive(leader));
  for (const process of stragglers(ending)) {
    signalProcess(process, stopSignal);
    signalProcess(process, 'SIGCONT');
  }
  const areGone = () => stragglers(ending).length === 0;
  if (await holdsWithin(Math.max(0, graceEnds - performance.now()), areGone)) return isGroupGone;
  return (await holdsWithin(AFTER_SIGKILL_MS, () => killAll(stragglers(ending)))) && isGroupGone;
}

/** Again and again, for one may have started another meanwhile. */
function killAll(processes: readonly ProcessIdentity[]): boolean {
  for (const process of processes) signalProcess(process, 'SIGKILL');
  return processes.length === 0;
}
