/** Who holds something that outlives the run, told by name, so that what a killed run left can be taken back. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { identify, type ProcessIdentity, processIsAlive } from './process-group.ts';

/** `h<host>_<pid>_<start>`, in lower-case letters, digits and underscores, at most 29 of them. */
const OWNER = /h([0-9a-f]{10})_(\d{1,7})_([0-9a-f]{8})/;

/** What every owner of this host begins with; no pattern characters but the underscore. */
export function ownersHere(): string {
  return `h${hostTag()}_`;
}

/** This process as an owner. */
export function thisOwner(): string {
  const self = identify(process.pid);
  if (!self) throw new Error(`expected to see this process (${process.pid}) itself`);
  return ownerOf(self);
}

/** A process of this host as an owner. */
export function ownerOf({ pid, startedAt }: ProcessIdentity): string {
  return `h${hostTag()}_${pid}_${tag(startedAt, 8)}`;
}

/**
 * Whether the owner that the text names still lives. Unknown: it names none, or one that lived elsewhere and may be
 * alive for all we can see: on another machine, in another container, before the last boot.
 */
export function stateOfOwner(text: string): 'alive' | 'dead' | 'unknown' {
  const [, host, pid, start] = OWNER.exec(text) ?? [];
  if (host !== hostTag()) return 'unknown';
  const current = identify(Number(pid));
  const isTheSame = current !== undefined && tag(current.startedAt, 8) === start;
  return isTheSame && processIsAlive(current) ? 'alive' : 'dead';
}

/** Pids of two boots or two containers say nothing of each other, even when their host names are the same. */
function hostTag(): string {
  const boot = quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = quietly(() => readlinkSync('/proc/self/ns/pid'));
  return tag([hostname(), boot, namespace].join(' '), 10);
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return ''; // No Linux.
  }
}

function tag(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
