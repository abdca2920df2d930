/** `--bail`: ends a run at the gates that fail, in the middle of a check too, as soon as their fail is certain. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from '../run-folder/files.ts';
import type { Gate } from '../schema/run.ts';
import { judgeFolder } from './finish.ts';
import type { Stopping } from './stopping.ts';

/** How often it is looked whether anything was recorded; only then is it judged. */
const LOOK_MS = 250;
/** Judging takes at most one part in so many of the time: a run that records much is not to be slowed by its being judged. */
const REST = 10;

export interface BailOptions {
  /** Of the run, which is still being written. */
  readonly folder: string;
  /** Whether these fails are enough to end the run. */
  readonly enough: (failed: readonly Gate[]) => boolean;
  readonly stopping: Stopping;
}

/**
 * Judges what was recorded each time there is more of it. What is missing yet can take away a pass, never a fail: the
 * verdict `fail` is as certain on half of a run as on all of it. Stops looking when it is disposed of; a look that is
 * under way is waited for.
 */
export function bailWhenCertain({ folder, enough, stopping }: BailOptions): AsyncDisposable {
  const path = join(folder, FILES.observations);
  let judged_bytes = 0;
  let looking: Promise<void> | undefined;
  let restsUntil_ms = 0;
  const look = async () => {
    const began_ms = performance.now();
    const { gates } = await judgeFolder(folder);
    if (enough(gates.filter(({ verdict }) => verdict === 'fail'))) stopping.stop({ how: 'bailed' });
    const now_ms = performance.now();
    restsUntil_ms = now_ms + REST * (now_ms - began_ms);
  };
  const timer = setInterval(() => {
    if (looking !== undefined || stopping.reason !== undefined || performance.now() < restsUntil_ms) return;
    const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (size === judged_bytes) return;
    judged_bytes = size;
    // What cannot be judged now ends nothing: the end of the run will tell.
    looking = look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
    },
  };
}
