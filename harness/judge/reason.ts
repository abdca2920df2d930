/** The one sentence that says what was measured, by what limit, over how many samples, and what the other release did. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { SIGNS, scaleOf } from '../schema/units.ts';
import type { Verdict } from '../schema/verdict.ts';
import { CONFIDENCE, clopperPearson } from '../statistics/proportion.ts';
import { keeps } from './limit.ts';
import { exactly, exactQuantity, inPercent, percent, quantity, readable } from './numbers.ts';

/** `p95 3.1 ms [2.9, 3.4] < 100 ms over 12,000 samples` · `1 of 36 samples of away_ms over 30 s, limit ≤ 0 (…)` · `0 of 48 channels missing, limit ≤ 0 (…)`. */
export function measured(promise: LimitPromise, estimate: Estimate): string {
  const { statistic, operator, limit, measure, unit } = promise;
  const { value, samples } = estimate;
  if (value === null) return `no samples of ${measure}, limit ${limitText(promise)}`;
  const worth = estimate.effective === undefined ? '' : ` (worth ${exactly(estimate.effective)} independent ones)`;
  const over = `${exactly(samples)} sample${samples === 1 ? '' : 's'}${worth}`;
  if (statistic === 'count-above') {
    const all = `(${exactly(100 * CONFIDENCE)} % confident: ${shareOfAll(value, samples)} of all would)`;
    return `${exactly(value)} of ${above(promise, samples)}, limit ${limitText(promise)} ${all}`;
  }
  if (statistic === 'share-above') {
    return `${percent(value, limit)} ${interval(promise, estimate)} of ${above(promise, samples)}, limit ${limitText(promise)}`;
  }
  const point = `${statistic} ${quantity(value, unit, limit)}${interval(promise, estimate, ' ')}`;
  if (keeps(value, operator, limit)) return `${point} ${limitText(promise)} over ${over}`;
  return `${point}, limit ${limitText(promise)}, over ${over}`;
}

/** What was counted, of how many. A threshold of 0 only says that there is some of the measure: `48 channels missing`. */
function above({ measure, threshold = Number.NaN, unit }: LimitPromise, samples: number): string {
  if (threshold === 0) return `${exactly(samples)} ${measure.replaceAll('_', ' ')}`;
  return `${exactly(samples)} sample${samples === 1 ? '' : 's'} of ${measure} over ${exactQuantity(threshold, unit)}`;
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
  return `${release}: ${quantity(value, promise.unit, promise.limit)}`;
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
  const sign = SIGNS[operator];
  if (statistic === 'count-above') return `${sign} ${exactly(limit)}`;
  if (statistic === 'share-above') return `${sign} ${exactly(inPercent(limit))} %`;
  return `${sign} ${exactQuantity(limit, unit)}`;
}

/** In the unit of the value before it. */
function interval({ statistic, unit, limit }: LimitPromise, { value, low, high }: Estimate, before = ''): string {
  if (statistic === 'max' || statistic === 'min') return '';
  const per = scaleOf(value ?? 0, unit, limit)?.per ?? 1;
  const scaled = (one: number) => (statistic === 'share-above' ? inPercent(one) : one / per);
  const bound = (one: number | null) => (one === null ? 'open' : readable(scaled(one), scaled(limit)));
  return `${before}[${bound(low)}, ${bound(high)}]`;
}
