/**
 * Runs the load plan of `runLoad` with k6 in its place, and gives a tally of the same shape. What k6 does otherwise: its
 * arrivals are even, its latencies count from when it sent a request and not from when that was due, and a request
 * that finds every connection held is not sent at all, which makes the whole an error here.
 */
import { checkPlan, LoadError, type LoadPlan } from '../load-plan.ts';
import type { Tally } from '../tally.ts';
import { type RunK6Options, runScript } from './k6-process.ts';
import { FAILURE_COUNTERS, quantileName, quantilesFor, requireThresholds, tallyOf } from './summary.ts';

/**
 * Resolves when each request has succeeded or failed.
 * @throws LoadError `WRONG_PLAN`, also for what k6 cannot do: Poisson arrivals, parts of requests a second, listeners,
 * several processes, under a second; `NO_DATA` and `MISCOUNTED` as `tallyOf`, and when k6 ended in any other way than it should
 */
export async function runK6(plan: LoadPlan, options: RunK6Options): Promise<Tally> {
  checkPlan(plan);
  checkForK6(plan);
  const due = (duration_ms: number) => Math.ceil((duration_ms * plan.arrivals.rate_per_s) / 1_000);
  const warmUps = due(plan.warmUp_ms ?? 0);
  const requests = due((plan.warmUp_ms ?? 0) + plan.duration_ms) - warmUps;
  const trendStats = ['count', ...quantilesFor(requests).map(quantileName)];
  const { code, summary, cpu_ms } = await runScript({
    ...options,
    script: 'script.js',
    load: { plan, warmUps, requests, failures: FAILURE_COUNTERS, trendStats },
    takes_ms: (plan.warmUp_ms ?? 0) + plan.duration_ms + plan.timeout_ms,
  });
  requireThresholds(summary);
  const tally = tallyOf(summary, plan, requests);
  if (code !== 0) throw new LoadError('MISCOUNTED', `k6 ended with exit code ${code}, and every threshold holds`);
  tally.cpu_ms = cpu_ms;
  return tally;
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
