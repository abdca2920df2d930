/** Ends a process group, and who left it. Shared by the reaper and the harness. */
import { setTimeout as sleep } from 'node:timers/promises';
import { groupIsAlive, type ProcessIdentity, signalGroup } from './process-group.ts';

/** How a group is ended: its own stop signal, then SIGKILL after the grace. */
export interface Ending {
  readonly stopSignal: NodeJS.Signals;
  readonly grace_ms: number;
}

const POLL_MS = 20;
const AFTER_SIGKILL_MS = 5_000;

async function isGoneWithin(leader: ProcessIdentity, timeout_ms: number): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (groupIsAlive(leader)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/**
 * Ends a group: the stop signal, SIGCONT (a stopped process cannot obey), the grace, SIGKILL.
 * Resolves with whether the group is gone; it is not only when the kernel cannot end it within 5 s of SIGKILL.
 */
export async function endGroup(leader: ProcessIdentity, { stopSignal, grace_ms }: Ending): Promise<boolean> {
  signalGroup(leader, stopSignal);
  signalGroup(leader, 'SIGCONT');
  if (await isGoneWithin(leader, grace_ms)) return true;
  signalGroup(leader, 'SIGKILL');
  return isGoneWithin(leader, AFTER_SIGKILL_MS);
}
