/** Runs the bare statement by `pg` in one process, and reads what it tells. */
import { join } from 'node:path';
import { Latencies } from '../../../harness/load/latencies.ts';
import { startProcess } from '../../../harness/processes/run-process.ts';
import { LOAD } from './conditions.ts';
import type { FloorFigures, PgbenchOptions } from './pgbench.ts';

const MARGIN_MS = 20_000;

/** Throws ProcessError when it does not tell. */
export async function runOneProcess({
  postgresUrl,
  postgresOptions,
  pages,
  seed,
  reaper,
  signal,
}: Omit<PgbenchOptions, 'binary' | 'folder'>): Promise<FloorFigures> {
  const running = await startProcess({
    name: 'bare-statement',
    command: process.execPath,
    args: [join(import.meta.dirname, 'statement-child.ts')],
    env: { PATH: process.env.PATH, FLOOR: JSON.stringify({ postgresUrl, postgresOptions, pages, seed }) },
    reaper,
  });
  const stop = () => void running.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    const [, text = ''] = await running.waitForLine(/^floor (.*)$/, {
      waitingFor: 'its figures',
      timeout_ms: LOAD.warmUp_ms + LOAD.duration_ms + MARGIN_MS,
    });
    const { requests, failed, latencies } = JSON.parse(text);
    return { requests, failed, latencies: Latencies.decode(latencies) };
  } finally {
    signal.removeEventListener('abort', stop);
    await running.stop();
  }
}
