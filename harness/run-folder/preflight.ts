/** Looks at the machine before a run: what would spoil it is said before an hour is spent. */
import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { RunFolderError, unwritable } from './errors.ts';

export interface Machine {
  /** Free where the reports are written. */
  readonly disk_bytes: number;
  /** Free where the components keep their data: in the system's folder for temporary files. */
  readonly temporary_bytes: number;
  readonly memory_bytes: number;
  /** One-minute load average. */
  readonly load: number;
  readonly cores: number;
}

const MIB = 1024 ** 2;
/** Less than this and the components cannot even write their data. */
const DISK_NEEDED = 512 * MIB;
const MEMORY_WANTED = 1024 * MIB;

/** Free disk under `folder` (made if absent) and under the temporary folder, memory available. @throws RunFolderError `unwritable` */
export function look(folder: string): Pick<Machine, 'disk_bytes' | 'temporary_bytes' | 'memory_bytes'> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(resolve(folder), error);
  }
  return { disk_bytes: freeBytes(folder), temporary_bytes: temporaryBytes(), memory_bytes: availableMemory() };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function temporaryBytes(): number {
  try {
    return freeBytes(tmpdir());
  } catch (cause) {
    throw new RunFolderError(
      'unwritable',
      `${tmpdir()}, for temporary files, cannot be used (${(cause as Error).message}). Set TMPDIR to a folder that exists and is writable`,
      { cause },
    );
  }
}

/**
 * Sentences a person should read before the run goes on; empty when all is well.
 * @throws RunFolderError `no-space` when the run could not be written
 */
export function preflight(machine: Machine): string[] {
  if (machine.disk_bytes < DISK_NEEDED) {
    throw new RunFolderError(
      'no-space',
      `only ${mib(machine.disk_bytes)} of disk are free, a run needs ${mib(DISK_NEEDED)}: free some, or choose another place with --output DIR`,
    );
  }
  if (machine.temporary_bytes < DISK_NEEDED) {
    throw new RunFolderError(
      'no-space',
      `only ${mib(machine.temporary_bytes)} are free in ${tmpdir()}, where the components keep their data; a run needs ${mib(DISK_NEEDED)}: free some, or choose another folder in the environment: TMPDIR`,
    );
  }
  const warnings: string[] = [];
  if (machine.memory_bytes < MEMORY_WANTED) {
    warnings.push(
      `only ${mib(machine.memory_bytes)} of memory are available; below ${mib(MEMORY_WANTED)} services may be killed`,
    );
  }
  if (machine.load > machine.cores) {
    warnings.push(
      `the machine is busy: load ${machine.load.toFixed(1)} on ${machine.cores} cores; timings will be noisy`,
    );
  }
  return warnings;
}

/** `MemAvailable` counts what the kernel can give back; `freemem` does not, and is the fallback off Linux. */
function availableMemory(): number {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? freemem() : Number(kib) * 1024;
  } catch {
    return freemem();
  }
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
