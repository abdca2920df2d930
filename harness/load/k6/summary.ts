/** Reads what k6 sums up at its end into a tally; refuses whatever was not measured, or not wholly. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { Latencies } from '../latencies.ts';
import { LoadError, type LoadPlan } from '../load-plan.ts';
import { Tally } from '../tally.ts';

/** Every status that a server may well give; others are `other`. */
const STATUS_REASONS = Object.keys(STATUS_CODES).map((status) => `status ${status}`);

/** By the reason of a failure the metric that the scripts count it in. */
export const FAILURE_COUNTERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['no-connection', 'timeout', 'refused', 'reset', 'other', ...STATUS_REASONS].map((reason) => [
    reason,
    `load_failed_${reason.replaceAll(/\W/g, '_')}`,
  ]),
);

/**
 * k6 hands over quantiles of its latencies and not the latencies. So many are asked for; up to as many requests they are
 * the latencies themselves, beyond that each stands for several, which is as fine as the histogram's own three digits.
 */
const QUANTILES_MAX = 1_000;

/** The quantiles to ask for, for so many requests, in percent: k6 interpolates between ranks 0 and n - 1. */
export function quantilesFor(requests: number): number[] {
  const count = Math.min(requests, QUANTILES_MAX);
  return Array.from({ length: count }, (_, index) => (count === 1 ? 50 : (100 * index) / (count - 1)));
}

export function quantileName(percent: number): string {
  return `p(${percent})`;
}

const metricSchema = z.object({
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
});
export const summarySchema = z.record(z.string(), metricSchema);
export type K6Summary = z.infer<typeof summarySchema>;

/** Those of `script.js`: each must be there, for a threshold on a metric that is missing would pass. */
const THRESHOLDS = ['http_reqs', 'dropped_iterations'];

/** @throws LoadError `NO_DATA` when k6 sent fewer than it should, could not start some in their time, or judged neither */
export function requireThresholds(summary: K6Summary): void {
  for (const name of THRESHOLDS) {
    const thresholds = Object.entries(summary[name]?.thresholds ?? {});
    // A metric without a sample is not in the summary: only of what is to be 0 is that no loss.
    if (thresholds.length === 0 && (name === 'http_reqs' || summary[name] !== undefined))
      throw new LoadError('NO_DATA', `k6 judged no threshold on ${name}; one was expected`);
    for (const [source, { ok }] of thresholds) {
      if (!ok)
        throw new LoadError(
          'NO_DATA',
          `k6 did not keep to its plan: ${name} ${source}, and it was ${countOf(summary, name)}`,
        );
    }
  }
}

/** How often a counter of the script was raised; one that never was is not in the summary. */
export function countOf(summary: K6Summary, metric: string): number {
  return summary[metric]?.values.count ?? 0;
}

/**
 * The tally of a run of `requests` measured requests.
 * @throws LoadError `MISCOUNTED` when what k6 counted does not add up; `NO_DATA` when it told no latencies
 */
export function tallyOf(
  summary: K6Summary,
  plan: Pick<LoadPlan, 'timeout_ms' | 'duration_ms'>,
  requests: number,
): Tally {
  const count = (metric: string) => countOf(summary, metric);
  const tally = new Tally();
  tally.sent = count('load_sent');
  tally.succeeded = count('load_succeeded');
  let failed = 0;
  for (const [reason, counter] of Object.entries(FAILURE_COUNTERS)) {
    const times = count(counter);
    if (times > 0) tally.failed.set(reason, times);
    failed += times;
  }
  tally.scheduled = tally.succeeded + failed;
  if (tally.scheduled !== requests)
    throw new LoadError(
      'MISCOUNTED',
      `k6 told of ${tally.succeeded} requests that succeeded and ${failed} that failed; ${requests} were expected in all`,
    );
  recordQuantiles(tally.latencies, summary.load_latency?.values ?? {}, tally.succeeded, requests);
  tally.latencies.record(plan.timeout_ms, failed);
  tally.duration_ms = plan.duration_ms;
  return tally;
}

/** Each quantile of `samples` stands for its share of them. @throws LoadError `NO_DATA` */
export function recordQuantiles(
  into: Latencies,
  values: Readonly<Record<string, number>>,
  samples: number,
  requests: number,
): void {
  if (samples === 0) return;
  const quantiles = quantilesFor(requests).map((percent) => values[quantileName(percent)]);
  for (const [index, value] of quantiles.entries()) {
    if (value === undefined || !Number.isFinite(value))
      throw new LoadError('NO_DATA', `k6 told no ${quantiles.length} quantiles of what it timed`);
    const upTo = (bound: number) => Math.floor((bound * samples) / quantiles.length);
    into.record(value, upTo(index + 1) - upTo(index));
  }
}
