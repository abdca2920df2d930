/** For the charts: how the samples of each judged measure are spread on each arm, with a band about it. It decides nothing. */
import { ARMS } from '../schema/entry.ts';
import type { DistributionReport } from '../schema/run.ts';
import { bandRadius, bandRanks } from '../statistics/distribution-band.ts';
import { CONFIDENCE } from '../statistics/proportion.ts';
import { pointRank, sortedSamples } from '../statistics/quantile.ts';
import { effectiveSize, Pool } from './estimate.ts';
import { type Evidence, reviewsOf } from './evidence.ts';
import type { Review } from './review.ts';

/** The quantiles that are kept, in percent: enough for a smooth curve, and the tail that limits are about. */
const PERCENTS = [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 99];
/** Of more samples than this evenly spaced ones are drawn: a band that is ±1 % wide no screen shows narrower. */
const MOST_SAMPLES = 65_536;
/** Samples are worth as many as where they resemble each other most, of these quantiles. */
const RESEMBLING = [50, 95];
/** Both arms' bands hold together. */
const ALPHA = (1 - CONFIDENCE) / ARMS.length;

/** Of the believed samples of `measure`, those of all checks of `suite` together, an arm each; none without a sample. */
export function distributionsOf(evidence: Evidence, suite: string, measure: string): DistributionReport[] {
  const feeding = evidence.reviews.filter(
    ({ planned }) => planned.suite === suite && Object.hasOwn(planned.measures, measure),
  );
  const units = new Set(feeding.map(({ planned }) => planned.measures[measure] as string));
  // Samples of several units are no one distribution; their gates are errors.
  const [unit] = units;
  if (unit === undefined || units.size > 1) return [];
  return ARMS.flatMap((arm) => {
    const spread = spreadOf(evidence, reviewsOf(feeding, arm), measure);
    return spread === undefined ? [] : [{ suite, measure, unit, arm, ...spread }];
  });
}

function spreadOf(
  evidence: Evidence,
  reviews: readonly Review[],
  measure: string,
): Pick<DistributionReport, 'samples' | 'effective' | 'quantiles'> | undefined {
  const batches = reviews.map((review) =>
    (review.samples.get(measure)?.batches ?? []).map(({ observation }) => observation.values),
  );
  const samples = batches.flat().reduce((sum, values) => sum + values.length, 0);
  if (samples === 0) return undefined;
  const pool = new Pool(thinned(batches, Math.ceil(samples / MOST_SAMPLES)));
  const sorted = sortedSamples(pool.batches);
  const drawn = sorted.length;
  const at = (rank: number | null) => (rank === null ? null : (sorted[rank - 1] as number));
  const worth = RESEMBLING.map((percent) => effectiveSize(pool, at(pointRank(drawn, percent)) as number));
  const effective = Math.max(1, Math.floor(Math.min(...worth)));
  const radius = bandRadius(effective, Math.max(1, effective * firstLook(evidence, reviews)), ALPHA);
  return {
    samples,
    ...(effective === samples ? {} : { effective }),
    quantiles: PERCENTS.map((percent) => {
      const { low, point, high } = bandRanks(drawn, percent, radius);
      return [percent, at(point) as number, at(low), at(high)];
    }),
  };
}

/** Every `stride`-th value, in the order in which they were taken. */
function thinned(executions: readonly (readonly (readonly number[])[])[], stride: number): (readonly number[])[][] {
  if (stride === 1) return executions.map((batches) => [...batches]);
  let next = 0;
  return executions.map((batches) =>
    batches.map((values) => {
      const kept: number[] = [];
      for (; next < values.length; next += stride) kept.push(values[next] as number);
      next -= values.length;
      return kept;
    }),
  );
}

/** Which share of the samples was there at the first look that could end the check; 1 where there is one look. */
function firstLook({ pairs }: Evidence, reviews: readonly Review[]): number {
  const shares = reviews.flatMap(({ planned }) => {
    const made = pairs.get(planned.id)?.pairs.length ?? 0;
    return planned.leastReplicates === undefined || made === 0 ? [] : [planned.leastReplicates / made];
  });
  return Math.min(1, ...shares);
}
