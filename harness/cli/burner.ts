/** A process that burns a core beside what is tried, as a busy machine would. */
import { join } from 'node:path';
import type { ReaperConnection } from '../processes/reaper.ts';
import { startProcess } from '../processes/run-process.ts';
import type { Aa } from '../schema/aa.ts';

const FIRST_SLICE_MS = 60_000;

export interface Burner {
  /** Ends it. @returns how much of a core it got; null when it had ended by itself */
  stop(): Promise<Aa['burner']>;
}

/** Resolves when it burns. */
export async function startBurner(reaper: ReaperConnection): Promise<Burner> {
  const burner = await startProcess({
    name: 'burner',
    command: process.execPath,
    args: [join(import.meta.dirname, 'burner-child.ts')],
    reaper,
  });
  const says = /^burned (\d+) ms$/;
  const [, first] = await burner.waitForLine(says, { waitingFor: 'it to burn', timeout_ms: FIRST_SLICE_MS });
  const began = performance.now();
  let lasts = true;
  void burner.exited.then(() => {
    lasts = false;
  });
  return {
    async stop() {
      const elapsed_ms = Math.round(performance.now() - began);
      const lasted = lasts;
      const [, last] = says.exec(burner.tail(1)[0] ?? '') ?? [];
      await burner.stop();
      return lasted && last !== undefined ? { cpu_ms: Number(last) - Number(first), elapsed_ms } : null;
    },
  };
}
