/**
 * A process group and who leads it: is it still the one we started, does anybody in it live, signal it.
 * Shared by the reaper and the harness; imports nothing heavy, for the reaper must start at once.
 *
 * A pid is given to another process some time after its owner ended, so a pid alone never decides whom we signal:
 * the moment at which the leader started is compared first (proc_pid_stat(5), field 22).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same pid by the moment it started. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

interface ProcessStat {
  readonly state: string;
  readonly group: number;
  readonly startedAt: string;
}

const hasProc = existsSync('/proc/self/stat');

function parseProcStat(text: string): ProcessStat {
  // The name in parentheses may itself hold spaces and parentheses: fields are counted after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', group: Number(fields[2]), startedAt: fields[19] ?? '?' };
}

function parsePsLine(line: string): ProcessStat | undefined {
  const [state, group, ...startedAt] = line.trim().split(/\s+/);
  return state && group ? { state, group: Number(group), startedAt: startedAt.join(' ') } : undefined;
}

function ps(selection: readonly string[]): ProcessStat[] {
  try {
    const table = execFileSync('ps', [...selection, '-o', 'state=,pgid=,lstart='], {
      encoding: 'utf8',
      timeout: 5_000,
    });
    return table.split('\n').flatMap((line) => parsePsLine(line) ?? []);
  } catch {
    return [];
  }
}

function statOf(pid: number): ProcessStat | undefined {
  if (!hasProc) return ps(['-p', String(pid)])[0];
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

function allStats(): ProcessStat[] {
  if (!hasProc) return ps(['-ax']);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

// A zombie has ended and only waits to be counted; in a container without an init it waits for ever.
const hasEnded = (stat: ProcessStat) => /^[ZXx]/.test(stat.state);

/** The identity of a process that exists now, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat && { pid, startedAt: stat.startedAt };
}

/** Whether the process leads a group of its own, so that signalling the group reaches it and its descendants alone. */
export function leadsItsGroup(pid: number): boolean {
  return statOf(pid)?.group === pid;
}

/** Whether this very process still runs: it exists, is no zombie, and its pid was not given to another. */
export function processIsAlive(identity: ProcessIdentity): boolean {
  const stat = statOf(identity.pid);
  return stat !== undefined && stat.startedAt === identity.startedAt && !hasEnded(stat);
}

/** Whether anybody lives in the group that this process leads or led. */
export function groupIsAlive(leader: ProcessIdentity): boolean {
  const stat = statOf(leader.pid);
  // The kernel gives no pid away while a group still carries it: a stranger under the leader's pid means the group is gone.
  if (stat && stat.startedAt !== leader.startedAt) return false;
  if (stat && !hasEnded(stat)) return true;
  return allStats().some((member) => member.group === leader.pid && !hasEnded(member));
}

function signal(target: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(target, name);
  } catch {
    return false; // It ended in this very moment.
  }
}

/** Sends a signal to everybody in the group; false when nobody was there. */
export function signalGroup(leader: ProcessIdentity, name: NodeJS.Signals): boolean {
  return groupIsAlive(leader) && signal(-leader.pid, name);
}

/** Sends a signal to this process alone; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  return processIsAlive(identity) && signal(identity.pid, name);
}
