/** Time series for charts: of each judged measure the medians of its batches over time, an arm a line. */
import { ARMS } from '../schema/entry.ts';
import type { Run } from '../schema/run.ts';
import { quantileOf } from '../statistics/quantile.ts';
import { reviewsOf } from './evidence.ts';
import type { Review } from './review.ts';

/** Fewer batches than this are no course of time worth a chart. */
const LEAST_BATCHES = 10;
/** More points than this no screen shows; of more batches, evenly spaced ones are taken. */
const MOST_POINTS = 500;

type Series = Run['series'];

/** `reviews` are of the checks of one suite. */
export function seriesOf(reviews: readonly Review[], measure: string): Series {
  return ARMS.flatMap((arm): Series => {
    const batches = reviewsOf(reviews, arm)
      .flatMap((review) => review.samples.get(measure)?.batches ?? [])
      .filter((batch) => batch.observation.values.length > 0)
      .sort((a, b) => a.t0_ms - b.t0_ms);
    const first = batches[0];
    if (first === undefined || batches.length < LEAST_BATCHES) return [];
    const count = Math.min(MOST_POINTS, batches.length);
    const points = Array.from({ length: count }, (_, index): [number, number] => {
      const batch = batches[Math.floor((index * (batches.length - 1)) / (count - 1))] as typeof first;
      return [(batch.t0_ms - first.t0_ms) / 1000, median(batch.observation.values)];
    });
    return [{ measure, arm, unit: first.observation.unit, points }];
  });
}

function median(values: readonly number[]): number {
  return quantileOf([values], 50) as number;
}
