/** One k6 under the reaper: its script, what it is handed, how it ended, and what it summed up. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandWithTimes, cpuOf } from '../../processes/cpu-times.ts';
import { describeExit, type RunningProcess, startProcess } from '../../processes/run-process.ts';
import { LoadError } from '../load-plan.ts';
import type { RunLoadOptions } from '../run-load.ts';
import { type K6Summary, summarySchema } from './summary.ts';

export interface RunK6Options extends RunLoadOptions {
  /** `file:` URL of the binary, as the component has it. */
  readonly url: string;
}

export interface K6Script extends RunK6Options {
  /** Beside this file. */
  readonly script: string;
  /** Plain data for the script, in its environment as `LOAD`; `summaryFile` is added, which it is to write. At most 120 kB. */
  readonly load: Readonly<Record<string, unknown>>;
  /** What is too much for that: a file whose path is in the environment as `DATA`. @default none */
  readonly data?: unknown;
  /** How long the script takes by its own plan. */
  readonly takes_ms: number;
}

export interface K6End {
  readonly code: number;
  readonly summary: K6Summary;
  /** k6 tells no moment at which it was ready: its start-up is in here. */
  readonly cpu_ms: number;
}

const MARGIN_MS = 30_000;
const SUMMARY_BYTES_MAX = 4 * 1024 ** 2;
/** k6 ended well, but some threshold was crossed: the summary says which. */
export const THRESHOLDS_CROSSED = 99;

/** @throws LoadError `NO_DATA` when k6 ended in any other way than it should, in time and with a summary */
export async function runScript({ script, load, data, takes_ms, url, reaper, signal }: K6Script): Promise<K6End> {
  signal.throwIfAborted();
  const folder = await reaper.makeFolder(join(tmpdir(), 'harness-k6-'));
  try {
    const summaryFile = join(folder, 'summary.json');
    const dataFile = join(folder, 'data.json');
    if (data !== undefined) await writeFile(dataFile, JSON.stringify(data), { mode: 0o600 });
    const running = await startProcess({
      name: 'k6',
      ...commandWithTimes(fileURLToPath(url), [
        'run',
        // Its interface for other processes would take a port.
        '--address=',
        '--no-usage-report',
        '--quiet',
        '--no-color',
        '--log-output=stderr',
        join(import.meta.dirname, script),
      ]),
      env: {
        PATH: process.env.PATH ?? '',
        // The user's own settings, and their account, are none of this.
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        K6_NO_USAGE_REPORT: 'true',
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        K6_BINARY_PROVISIONING: 'false',
        // In the environment and not among the arguments, which every user of the machine can read: a plan may hold a token.
        LOAD: JSON.stringify({ ...load, summaryFile }),
        ...(data === undefined ? {} : { DATA: dataFile }),
      },
      reaper,
    });
    const code = await endOf(running, takes_ms + MARGIN_MS, signal);
    if (code !== 0 && code !== THRESHOLDS_CROSSED)
      throw new LoadError('NO_DATA', `k6 ended with exit code ${code}: ${running.tail().slice(-5).join(' | ')}`);
    return { code, summary: await readSummary(summaryFile), cpu_ms: cpuOf(running.tail(20)) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await reaper.releaseFolder(folder);
  }
}

async function endOf(running: RunningProcess, most_ms: number, signal: AbortSignal): Promise<number> {
  const interrupted = Promise.withResolvers<'late' | 'aborted'>();
  const timer = setTimeout(() => interrupted.resolve('late'), most_ms);
  const abort = () => interrupted.resolve('aborted');
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    const end = await Promise.race([running.exited, interrupted.promise]);
    if (end === 'aborted') throw signal.reason;
    if (end === 'late') throw new LoadError('NO_DATA', `k6 was not done within ${most_ms} ms; it was expected to be`);
    if (end.code === null) throw new LoadError('NO_DATA', `k6 ended with ${describeExit(end)}`);
    return end.code;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    await running.stop();
  }
}

async function readSummary(file: string): Promise<K6Summary> {
  const size_bytes = (await stat(file).catch(() => undefined))?.size;
  if (size_bytes === undefined) throw new LoadError('NO_DATA', 'k6 ended without summing up what it measured');
  if (size_bytes > SUMMARY_BYTES_MAX)
    throw new LoadError('NO_DATA', `k6 summed up in ${size_bytes} bytes; at most ${SUMMARY_BYTES_MAX} were expected`);
  const summary = summarySchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!summary.success)
    throw new LoadError('NO_DATA', `k6 summed up in a form that is not known: ${summary.error.message}`);
  return summary.data;
}
