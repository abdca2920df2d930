/**
 * Runs the load plan of `runLoad` with k6 in its place, and gives a tally of the same shape. What k6 does otherwise: its
 * arrivals are even, its latencies count from when it sent a request and not from when that was due, and a request
 * that finds every connection held is not sent at all, which makes the whole an error here.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandWithTimes, cpuOf } from '../../processes/cpu-times.ts';
import { describeExit, type RunningProcess, startProcess } from '../../processes/run-process.ts';
import { checkPlan, LoadError, type LoadPlan } from '../load-plan.ts';
import type { RunLoadOptions } from '../run-load.ts';
import type { Tally } from '../tally.ts';
import { quantileName, quantilesFor, STATUSES, summarySchema, tallyOf } from './summary.ts';

export interface RunK6Options extends RunLoadOptions {
  /** `file:` URL of the binary, as the component has it. */
  readonly url: string;
}

const MARGIN_MS = 30_000;
const SUMMARY_BYTES_MAX = 4 * 1024 ** 2;
/** k6 ended well, but some threshold was crossed: the summary says which. */
const THRESHOLDS_CROSSED = 99;

/**
 * Resolves when each request has succeeded or failed.
 * @throws LoadError `WRONG_PLAN`, also for what k6 cannot do: Poisson arrivals, parts of requests a second, listeners,
 * several processes, under a second; `NO_DATA` and `MISCOUNTED` as `tallyOf`, and when k6 ended in any other way than it should
 */
export async function runK6(plan: LoadPlan, { url, reaper, signal }: RunK6Options): Promise<Tally> {
  checkPlan(plan);
  checkForK6(plan);
  signal.throwIfAborted();
  const due = (duration_ms: number) => Math.ceil((duration_ms * plan.arrivals.rate_per_s) / 1_000);
  const warmUps = due(plan.warmUp_ms ?? 0);
  const requests = due((plan.warmUp_ms ?? 0) + plan.duration_ms) - warmUps;
  const folder = await reaper.makeFolder(join(tmpdir(), 'harness-k6-'));
  try {
    const summaryFile = join(folder, 'summary.json');
    const trendStats = ['count', ...quantilesFor(requests).map(quantileName)];
    const load = { plan, warmUps, requests, statuses: STATUSES, trendStats, summaryFile };
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
        join(import.meta.dirname, 'script.js'),
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
        LOAD: JSON.stringify(load),
      },
      reaper,
    });
    const code = await endOf(running, plan, signal);
    if (code !== 0 && code !== THRESHOLDS_CROSSED)
      throw new LoadError('NO_DATA', `k6 ended with exit code ${code}: ${running.tail().slice(-5).join(' | ')}`);
    const tally = tallyOf(await readSummary(summaryFile), plan, requests);
    if (code !== 0) throw new LoadError('MISCOUNTED', `k6 ended with exit code ${code}, and every threshold holds`);
    // k6 tells no moment at which it was ready: its start-up is in here.
    tally.cpu_ms = cpuOf(running.tail(20));
    return tally;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await reaper.releaseFolder(folder);
  }
}

async function endOf(running: RunningProcess, plan: LoadPlan, signal: AbortSignal): Promise<number> {
  const most_ms = (plan.warmUp_ms ?? 0) + plan.duration_ms + plan.timeout_ms + MARGIN_MS;
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

async function readSummary(file: string) {
  const size_bytes = (await stat(file).catch(() => undefined))?.size;
  if (size_bytes === undefined) throw new LoadError('NO_DATA', 'k6 ended without summing up what it measured');
  if (size_bytes > SUMMARY_BYTES_MAX)
    throw new LoadError('NO_DATA', `k6 summed up in ${size_bytes} bytes; at most ${SUMMARY_BYTES_MAX} were expected`);
  const summary = summarySchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!summary.success)
    throw new LoadError('NO_DATA', `k6 summed up in a form that is not known: ${summary.error.message}`);
  return summary.data;
}

function checkForK6({ arrivals, duration_ms, listeners, processes = 1 }: LoadPlan): void {
  const wrong = [
    ...(arrivals.kind === 'fixed' ? [] : [`arrivals.kind is ${arrivals.kind}; k6 has only fixed ones`]),
    ...(Number.isInteger(arrivals.rate_per_s)
      ? []
      : [`arrivals.rate_per_s is ${arrivals.rate_per_s}; k6 takes whole ones`]),
    ...(duration_ms >= 1_000 ? [] : [`duration_ms is ${duration_ms}; k6 takes a second and more`]),
    ...(listeners === undefined ? [] : ['there are listeners; they are for runLoad alone']),
    ...(processes === 1 ? [] : [`processes is ${processes}; k6 is one`]),
  ];
  if (wrong.length > 0) throw new LoadError('WRONG_PLAN', wrong.join('; '));
}
