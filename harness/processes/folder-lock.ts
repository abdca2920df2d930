/** A lock between processes of one machine, held by making a folder; the reaper removes it when its holder dies. */
import { mkdir, rm } from 'node:fs/promises';
import type { ReaperConnection } from './reaper.ts';
import { waitUntil } from './wait.ts';

export interface FolderLockOptions {
  /** The folder to make; its parent exists. */
  readonly path: string;
  readonly reaper: ReaperConnection;
  /** How long to wait for another holder. */
  readonly timeout_ms: number;
  readonly signal?: AbortSignal;
}

async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Does the work while holding the lock. Throws WaitTimeoutError, naming the folder, when another holds it too long:
 * a folder that a crash of the whole machine left has to be removed by hand.
 */
export async function withFolderLock<T>(options: FolderLockOptions, work: () => Promise<T>): Promise<T> {
  const { path, reaper, ...wait } = options;
  await waitUntil(`the lock ${path} (remove this folder if no other run is going on)`, () => make(path), wait);
  try {
    await reaper.ownFolder(path);
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
    await reaper.releaseFolder(path);
  }
}
