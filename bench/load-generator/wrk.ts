/** Runs wrk (Will Glozer) and reads what it tells. It is closed-loop: it has connections and no rate. */
import { commandWithTimes, cpuOf } from '../../harness/processes/cpu-times.ts';
import type { ReaperConnection } from '../../harness/processes/reaper.ts';
import { startProcess } from '../../harness/processes/run-process.ts';

export interface WrkFigures {
  readonly succeeded_per_s: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_ms: number;
}

export interface WrkOptions {
  readonly binary: string;
  readonly url: string;
  readonly connections: number;
  readonly duration_ms: number;
  readonly timeout_ms: number;
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

/** Throws when it ends in an error, or does not tell what is asked of it. The signal ends it. */
export async function runWrk(options: WrkOptions): Promise<WrkFigures> {
  const { binary, url, connections, duration_ms, timeout_ms, reaper, signal } = options;
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${duration_ms / 1_000}s`,
    `--timeout=${timeout_ms / 1_000}s`,
    '--latency',
  ];
  const running = await startProcess({ name: 'wrk', ...commandWithTimes(binary, [...args, url]), reaper });
  const stop = () => void running.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    const { code } = await running.exited;
    signal.throwIfAborted();
    const lines = running.tail(40);
    if (code !== 0) throw new Error(`wrk ended with ${code}: ${lines.join(' | ')}`);
    return figuresOf(lines, duration_ms);
  } finally {
    signal.removeEventListener('abort', stop);
    await running.stop();
  }
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

function figuresOf(lines: readonly string[], duration_ms: number): WrkFigures {
  const text = lines.join('\n');
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  const time_ms = (percent: number) => {
    const [, value, unit = ''] = new RegExp(`^ +${percent}%\\s+([\\d.]+)(us|ms|s)$`, 'm').exec(text) ?? [];
    return Number(value) * (UNITS[unit] ?? Number.NaN);
  };
  const requests = number(/^\s*(\d+) requests in/m);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const wrong = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? '0';
  const failed = [...errors, wrong].reduce((sum, count) => sum + Number(count), 0);
  const figures = {
    succeeded_per_s: ((requests - Number(wrong)) / duration_ms) * 1_000,
    requests,
    failed,
    p50_ms: time_ms(50),
    p99_ms: time_ms(99),
    cpu_ms: cpuOf(lines),
  };
  const missing = Object.entries(figures).find(([, value]) => !Number.isFinite(value));
  if (missing !== undefined) throw new Error(`wrk did not tell ${missing[0]}: ${lines.join(' | ')}`);
  return figures;
}
