/**
 * What one connection asked to have ended: process groups and folders. The reaper keeps it, and so does the process at
 * the other end, which does the work itself when the reaper is gone.
 */
import { rm } from 'node:fs/promises';
import { type Ending, endGroup } from './end-group.ts';
import type { ProcessIdentity } from './process-group.ts';

export class Registrations {
  readonly groups = new Map<number, { readonly leader: ProcessIdentity; readonly ending: Ending }>();
  readonly folders = new Set<string>();
  #ended: Promise<void> | undefined;

  get isEnding(): boolean {
    return this.#ended !== undefined;
  }

  /** Ends the groups, then removes the folders. May be called again and again. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await Promise.all([...this.groups.values()].map(({ leader, ending }) => endGroup(leader, ending)));
    await Promise.all([...this.folders].map(removeFolder));
  }
}

/** Removes it with all that is in it; what cannot be removed stays. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => {});
}
