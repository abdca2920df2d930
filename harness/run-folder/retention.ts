/** Keeps the reports folder from growing without end. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FILES } from './files.ts';

export interface Retention {
  /** @default 30 */
  readonly runs?: number;
  /** @default 2 GiB */
  readonly total_bytes?: number;
  /** The id of a run to keep whatever its age. */
  readonly keep: string;
}

/** What `applyRetention` did. */
export interface Cleared {
  /** Ids of the runs removed. */
  readonly removed: string[];
  /** What could not be looked at or removed, a sentence each: a clean-up that fails is told and changes no verdict. */
  readonly problems: string[];
}

/**
 * Removes the oldest runs beyond the number and the size allowed, but never the one that `latest` names. A run without `run.json` younger than a day is left
 * alone: it may still be going on. Never throws.
 */
export function applyRetention(output: string, { runs = 30, total_bytes = 2 * 1024 ** 3, keep }: Retention): Cleared {
  const folder = join(output, 'runs');
  const cleared: Cleared = { removed: [], problems: [] };
  const latest = readLink(join(output, 'latest'));
  let kept = 0;
  let size_bytes = 0;
  for (const id of newestFirst(folder, cleared)) {
    const path = join(folder, id);
    // What we did not make we do not remove.
    if (!isRun(path, id)) continue;
    try {
      const own_bytes = sizeOf(path);
      const over = kept + 1 > runs || size_bytes + own_bytes > total_bytes;
      if (over && id !== keep && id !== latest && !mayBeRunning(path)) {
        rmSync(path, { recursive: true, force: true });
        cleared.removed.push(id);
      } else {
        kept += 1;
        size_bytes += own_bytes;
      }
    } catch (error) {
      cleared.problems.push(`the old run ${path} could not be removed: ${(error as Error).message}`);
    }
  }
  return cleared;
}

function newestFirst(folder: string, { problems }: Cleared): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch (error) {
    problems.push(`old runs could not be looked for: ${(error as Error).message}`);
    return [];
  }
}

/** Whether the scope in the folder is of the run that the folder is named after. */
function isRun(path: string, id: string): boolean {
  try {
    return JSON.parse(readFileSync(join(path, FILES.scope), 'utf8')).id === id;
  } catch {
    return false;
  }
}

/** The id that a link to a run leads to. */
function readLink(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}

const DAY_MS = 86_400_000;

function mayBeRunning(path: string): boolean {
  const finished = statSync(join(path, FILES.run), { throwIfNoEntry: false });
  const modified_ms = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return finished === undefined && Date.now() - modified_ms < DAY_MS;
}

/** 0 for what another run renames or removes at the same moment. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return namesIn(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
