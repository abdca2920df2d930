/** For charts: each measure of a check over what it was measured at, an arm a line. It decides nothing. */
import { ARMS } from '../schema/entry.ts';
import { type CurveReport, MOST_CURVE_POINTS } from '../schema/run.ts';
import { quantileOf } from '../statistics/quantile.ts';
import { reviewsOf } from './evidence.ts';
import type { Batch } from './executions.ts';
import type { Review } from './review.ts';

/** Of the believed samples that say what they were measured at; a check that measured over two units has a curve of each. */
export function curvesOf(reviews: readonly Review[]): CurveReport[] {
  return [...Map.groupBy(reviews, ({ planned }) => planned.id)].flatMap(([check, own]) =>
    Object.entries(own[0]?.planned.measures ?? {}).flatMap(([measure, unit]) =>
      ARMS.flatMap((arm) =>
        [...batchesByUnit(reviewsOf(own, arm), measure)].map(([over, batches]) => {
          return { check, measure, unit, over, arm, points: pointsOf(batches) };
        }),
      ),
    ),
  );
}

function batchesByUnit(reviews: readonly Review[], measure: string): Map<string, Batch[]> {
  const batches = reviews
    .flatMap((review) => review.samples.get(measure)?.batches ?? [])
    .filter(({ observation }) => observation.point !== undefined && observation.values.length > 0);
  return Map.groupBy(batches, ({ observation }) => observation.point?.unit ?? '');
}

function pointsOf(batches: readonly Batch[]): CurveReport['points'] {
  const places = [...Map.groupBy(batches, ({ observation }) => observation.point?.value ?? 0)].sort(
    ([a], [b]) => a - b,
  );
  return thinned(places).map(([at, seen]) => {
    const values = seen.map(({ observation }) => observation.values);
    return {
      at,
      p50: quantileOf(values, 50) as number,
      p95: quantileOf(values, 95) as number,
      samples: values.flat().length,
    };
  });
}

/** Evenly spaced ones of more than a chart can show, both ends among them. */
function thinned<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST_CURVE_POINTS) return all;
  const step = (all.length - 1) / (MOST_CURVE_POINTS - 1);
  return Array.from({ length: MOST_CURVE_POINTS }, (_, index) => all[Math.round(index * step)] as T);
}
