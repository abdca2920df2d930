/**
 * How many requests a second a server answers when each connection sends its next one as soon as the last was answered:
 * a closed loop, by autocannon. It tells a server's capacity and nothing of what its users wait for: a server that
 * stalls is simply asked less (coordinated omission: G. Tene). For that there is `runLoad`.
 */
import { join } from 'node:path';
import type { ReaperConnection } from '../processes/reaper.ts';
import { startProcess } from '../processes/run-process.ts';
import { LoadError, positive, type RequestTemplate, wrongRequest } from './load-plan.ts';
import { type EncodedTally, Tally } from './tally.ts';

export interface CapacityPlan {
  /** `http://host:port` */
  readonly origin: string;
  /** `{id}`, `{number}` and `{choice}` stand for what is drawn anew for each request. */
  readonly request: RequestTemplate;
  /** Each has one request under way at any time. From 1 to 10,000. */
  readonly connections: number;
  /** How long it is measured: from 1 s to 10 min, in whole seconds, since autocannon ends at one. */
  readonly duration_ms: number;
  /** How long the same goes before that and is not counted, in whole seconds. @default 0 */
  readonly warmUp_ms?: number;
  /** Of one request: whole seconds, at most 60 s. */
  readonly timeout_ms: number;
  readonly seed: number;
}

export interface Capacity {
  /** Requests that succeeded, over the whole time measured: what was sustained and not what was reached for a moment. */
  readonly succeeded_per_s: number;
  /** `scheduled` are the requests that came to an end; `latencies` count from sending, a time-out as the whole of it. */
  readonly tally: Tally;
  /**
   * autocannon took more than nine tenths of a core, which is all that its one thread can have: the capacity of the
   * server may be higher than what was measured.
   */
  readonly isGeneratorBound: boolean;
}

export interface MeasureCapacityOptions {
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

const MARGIN_MS = 30_000;
const ONE_CORE = 0.9;

/**
 * Measures at the given number of connections, in a process of its own.
 * @throws LoadError `WRONG_PLAN`; `NO_DATA` when no request came to an end; `MISCOUNTED` when autocannon's histogram does
 * not hold one latency for each answer; ProcessError when its process broke
 */
export async function measureCapacity(plan: CapacityPlan, options: MeasureCapacityOptions): Promise<Capacity> {
  checkCapacityPlan(plan);
  const { reaper, signal } = options;
  signal.throwIfAborted();
  const child = await startProcess({
    name: 'capacity',
    command: process.execPath,
    args: [join(import.meta.dirname, 'capacity-child.ts')],
    // In the environment and not among the arguments, which every user of the machine can read: a plan may hold a token.
    env: { PATH: process.env.PATH ?? '', CAPACITY: JSON.stringify(plan) },
    reaper,
  });
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {}); // It may come while nobody waits.
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    const said = child.waitForLine(/^(?:tally (.*)|miscounted (.*))$/, {
      waitingFor: 'its tally',
      timeout_ms: (plan.warmUp_ms ?? 0) + plan.duration_ms + plan.timeout_ms + MARGIN_MS,
    });
    const [, text, miscounted] = await Promise.race([said, aborted.promise]);
    if (text === undefined) throw new LoadError('MISCOUNTED', `autocannon contradicts itself: ${miscounted}`);
    const tally = new Tally();
    tally.add(JSON.parse(text) as EncodedTally);
    if (tally.scheduled === 0)
      throw new LoadError(
        'NO_DATA',
        `no request to ${plan.origin} came to an end within ${plan.duration_ms} ms; give it a time-out that is shorter`,
      );
    return {
      succeeded_per_s: (tally.succeeded / tally.duration_ms) * 1_000,
      tally,
      isGeneratorBound: tally.cpu_ms > ONE_CORE * tally.duration_ms,
    };
  } finally {
    signal.removeEventListener('abort', abort);
    await child.stop();
  }
}

function checkCapacityPlan({ request, connections, duration_ms, warmUp_ms = 0, timeout_ms }: CapacityPlan): void {
  const wrong = [
    ...wrongRequest(request),
    ...positive('connections', connections),
    ...(Number.isInteger(connections) && connections <= 10_000
      ? []
      : [`connections is ${connections}; a whole number up to 10000 was expected`]),
    ...seconds('duration_ms', duration_ms, 1, 600),
    ...seconds('warmUp_ms', warmUp_ms, 0, 600),
    ...seconds('timeout_ms', timeout_ms, 1, 60),
  ];
  if (wrong.length > 0) throw new LoadError('WRONG_PLAN', wrong.join('; '));
}

function seconds(name: string, value: number, least: number, most: number): string[] {
  const count = value / 1_000;
  if (Number.isInteger(count) && count >= least && count <= most) return [];
  return [`${name} is ${value}; whole seconds from ${least * 1_000} to ${most * 1_000} were expected`];
}
