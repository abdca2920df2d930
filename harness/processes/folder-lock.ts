/** A lock between processes of one machine: a folder that says who holds it. The reaper removes it when its holder dies. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateOfOwner, thisOwner } from './owner.ts';
import type { ReaperConnection } from './reaper.ts';
import { waitUntil } from './wait.ts';

export interface FolderLockOptions {
  /** The folder to make; its parent exists. */
  readonly path: string;
  readonly reaper: ReaperConnection;
  /** How long to wait for another holder, and more than any holder needs: one twice as old is nobody's. */
  readonly timeout_ms: number;
  readonly signal?: AbortSignal;
}

const HOLDER = 'holder';

/** Puts the draft in the lock's place; false while another's is there. */
async function take(draft: string, path: string): Promise<boolean> {
  try {
    await rename(draft, path);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function isStale(path: string, timeout_ms: number): Promise<boolean> {
  const holder = await readFile(join(path, HOLDER), 'utf8').catch(() => '');
  const state = stateOfOwner(holder);
  if (state !== 'unknown') return state === 'dead';
  // A holder of before the last boot, or of another container, cannot be looked for.
  const made = await stat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > 2 * timeout_ms;
}

/** Moves it aside before it is removed: of several that break it one does. */
async function breakStale(path: string, aside: string, timeout_ms: number): Promise<void> {
  if (!(await isStale(path, timeout_ms))) return;
  await rename(path, aside).catch(() => {});
  // Somebody may have broken and taken it since the look: it is given back, unless it is taken once more.
  if (!(await isStale(aside, timeout_ms))) await rename(aside, path).catch(() => {});
  await rm(aside, { recursive: true, force: true });
}

/**
 * Does the work while holding the lock; one that a dead holder left is broken.
 * Throws WaitTimeoutError, naming the folder, when another holds it too long.
 */
export async function withFolderLock<T>(options: FolderLockOptions, work: () => Promise<T>): Promise<T> {
  const { path, reaper, timeout_ms, ...wait } = options;
  const draft = await reaper.makeFolder(`${path}-`);
  try {
    await writeFile(join(draft, HOLDER), thisOwner());
    const attempt = async () => {
      await breakStale(path, `${draft}-stale`, timeout_ms);
      return take(draft, path);
    };
    await waitUntil(`the lock ${path} (another run holds it)`, attempt, { timeout_ms, ...wait });
    try {
      await reaper.ownFolder(path);
      return await work();
    } finally {
      await rm(path, { recursive: true, force: true });
      await reaper.releaseFolder(path);
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
    await reaper.releaseFolder(draft);
  }
}
