/** How long ten million observations take, and how much memory beyond that in which they already lie. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Context, Figure } from './figure.ts';

const MOST_S = 2;
const MOST_MIB = 200;
const TIMEOUT_MS = 120_000;

/** By processor time: whatever else the machine does is not in it. The garbage collector's own threads are. */
export async function speed(context: Context): Promise<Figure[]> {
  context.progress('ten million observations', 0, 1);
  const child = fileURLToPath(new URL('./speed-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child], { timeout: TIMEOUT_MS });
  const { observations, cpu_ms, elapsed_ms, start_bytes, peak_bytes } = JSON.parse(stdout) as Record<string, number>;
  const mebibytes = ((peak_bytes as number) - (start_bytes as number)) / 2 ** 20;
  const seconds = (cpu_ms as number) / 1_000;
  const of = `${new Intl.NumberFormat('en-US').format(observations as number)} observations, a p95, a share and a guardrail`;
  return [
    {
      promise: 'fast',
      of,
      required: `<= ${MOST_S} s of processor time`,
      measured: `${seconds.toFixed(2)} s (${((elapsed_ms as number) / 1_000).toFixed(2)} s by the clock)`,
      met: seconds <= MOST_S,
    },
    {
      promise: 'fast',
      of: `${of}: memory beyond the start`,
      required: `<= ${MOST_MIB} MB`,
      measured: `${mebibytes.toFixed(0)} MB`,
      met: mebibytes <= MOST_MIB,
    },
  ];
}
