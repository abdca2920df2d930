/** The one sentence that says what was measured, by what limit, over how many samples, and what the other release did. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { CONFIDENCE, clopperPearson } from '../statistics/proportion.ts';
import { keeps } from './limit.ts';
import { exactly, percent, readable, withUnit } from './numbers.ts';

/** `p95 3.1 ms [2.9, 3.4] < 100 ms over 12,000 samples` · `1 of 36 samples of away_ms over 30,000 ms, limit <= 0`. */
export function measured(promise: LimitPromise, estimate: Estimate): string {
  const { statistic, operator, limit, measure, unit } = promise;
  const { value, samples } = estimate;
  if (value === null) return `no samples of ${measure}, limit ${limitText(promise)}`;
  const worth = estimate.effective === undefined ? '' : ` (worth ${exactly(estimate.effective)} independent ones)`;
  const over = `${exactly(samples)} sample${samples === 1 ? '' : 's'}${worth}`;
  const above = `${measure} over ${withUnit(exactly(promise.threshold ?? Number.NaN), unit)}`;
  if (statistic === 'count-above') {
    const all = `(${shareOfAll(value, samples)} of all such, ${exactly(100 * CONFIDENCE)} %)`;
    return `${exactly(value)} of ${over} of ${above}, limit ${limitText(promise)} ${all}`;
  }
  if (statistic === 'share-above') {
    return `${percent(value, limit)} ${interval(promise, estimate)} of ${over} of ${above}, limit ${limitText(promise)}`;
  }
  const point = `${statistic} ${withUnit(readable(value, limit), unit)}${interval(promise, estimate, ' ')}`;
  if (keeps(value, operator, limit)) return `${point} ${limitText(promise)} over ${over}`;
  return `${point}, limit ${limitText(promise)}, over ${over}`;
}

/** What a count says of all that was not seen: the Clopper-Pearson interval, in words where one end is certain. */
function shareOfAll(count: number, samples: number): string {
  const { low, high } = clopperPearson(count, samples);
  if (count === 0) return `at most ${percent(high)}`;
  return count === samples ? `at least ${percent(low)}` : `${percent(low)} to ${percent(high)}`;
}

/** The other release in few words: `v1.0.0: 412 ms` · `v1.0.0: 36 of 36`. */
export function comparedWith(release: string, promise: LimitPromise, estimate: Estimate): string {
  const { value, samples } = estimate;
  if (value === null) return `${release}: no samples`;
  if (promise.statistic === 'count-above') return `${release}: ${exactly(value)} of ${exactly(samples)}`;
  if (promise.statistic === 'share-above') return `${release}: ${percent(value, promise.limit)}`;
  return `${release}: ${withUnit(readable(value, promise.limit), promise.unit)}`;
}

/** Why the estimate alone gave this verdict, where the numbers do not say so themselves. */
export function because(promise: LimitPromise, estimate: Estimate, verdict: Verdict): string[] {
  if (verdict === 'no-data' && estimate.samples < promise.minSamples) {
    return [`at least ${exactly(promise.minSamples)} samples are needed`];
  }
  if (verdict === 'marginal') return ['the interval reaches past the limit'];
  if (verdict === 'inconclusive') return ['the interval lies on both sides of the limit'];
  return [];
}

function limitText({ statistic, operator, limit, unit }: LimitPromise): string {
  if (statistic === 'count-above') return `${operator} ${exactly(limit)}`;
  if (statistic === 'share-above') return `${operator} ${exactly(Number((100 * limit).toPrecision(15)))} %`;
  return `${operator} ${withUnit(exactly(limit), unit)}`;
}

function interval({ statistic, limit }: LimitPromise, { low, high }: Estimate, before = ''): string {
  if (statistic === 'max' || statistic === 'min') return '';
  const scale = statistic === 'share-above' ? 100 : 1;
  const bound = (value: number | null) => (value === null ? 'open' : readable(scale * value, scale * limit));
  return `${before}[${bound(low)}, ${bound(high)}]`;
}
