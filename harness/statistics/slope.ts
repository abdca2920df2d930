/** Whether a series rises or falls, told by blocks of it so long that they know nothing of each other. */
import { autocorrelationTimeBound, blockMedians } from './autocorrelation-time.ts';
import { StatisticsInputError } from './input-error.ts';
import { CONFIDENCE } from './proportion.ts';
import { type Point, type SlopeEstimate, theilSen, theilSenSlope } from './theil-sen.ts';

/** More blocks make the interval hardly narrower, fewer make it much wider. */
const MOST_BLOCKS = 20;
const LEAST_BLOCKS = 8;
/** A block is at least so many autocorrelation times long; the first one of them is left out, to part it from the last. */
const BLOCK_TIMES = 3;
/** The rest of the level is for what blocks still know of each other, and for a memory longer than its bound. */
const LEVEL_SHARE = 0.8;
/** Longer series are first halved, thirded, … to so many medians: nothing after that costs more than they do. */
const MOST_VALUES = 1_024;

/** Of the largest value; far above what doubles round, far under what any noise is. */
const ROUNDING = 2 ** -48;

interface Series {
  x: Float64Array;
  y: Float64Array;
}

export interface SeriesSlope extends SlopeEstimate {
  /** The blocks that the interval comes from; 0 when the series is too short for one. */
  blocks: number;
  /** An upper bound of how many neighbouring samples are worth one. */
  autocorrelationTime_samples: number;
}

/**
 * The slope of a series in units of y per unit of x, and an interval that covers it with `confidence`: the Theil-Sen
 * slope of the medians of 8 to 20 blocks, with Sen's exact interval of independent points. Each block is at least three
 * autocorrelation times long (an upper bound of it, `autocorrelationTimeBound`) and a gap of one parts it from the last.
 * `low` and `high` are null, and `blocks` 0, when the series has no room for 8 blocks: under 24 times its
 * autocorrelation time it says nothing of a slope. There is no bootstrap: of a series this short its interval is too
 * narrow, and of one long enough the exact law of the ranks needs none.
 *
 * Supposes a straight line plus noise whose law stays the same, samples taken about evenly in x, and a memory that shows
 * within the series. It cannot tell from a slope a wave about as long as the series and hidden under noise, and of a
 * strictly periodic noise the blocks may see its beat with their own length. No law of the noise is supposed: no moment
 * need exist. `npm run prove -- --judge` holds it to its confidence (promise `slope`).
 *
 * Points may come in any order. Takes time n·log n and memory n; beyond 1024 points nothing else grows.
 * Sources: `theilSen`; large blocks parted by small ones: S. N. Bernstein, Mathematische Annalen 97 (1927) 1-59;
 * batches of a series that is correlated: C. J. Geyer, Statistical Science 7 (1992) 473-483.
 * @throws StatisticsInputError for fewer than 2 points, an x or y that is not finite, an x that is there twice, or a
 * confidence not inside (0, 1)
 */
export function seriesSlope(points: readonly Point[], confidence: number = CONFIDENCE): SeriesSlope {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  requireSeries(sorted);
  if (!(confidence > 0 && confidence < 1))
    throw new StatisticsInputError(`expected a confidence inside (0, 1), not ${confidence}`);
  const count = Math.ceil(sorted.length / Math.ceil(sorted.length / MOST_VALUES));
  const series = {
    x: blockMedians(
      Float64Array.from(sorted, ({ x }) => x),
      count,
      0,
    ),
    y: blockMedians(
      Float64Array.from(sorted, ({ y }) => y),
      count,
      0,
    ),
  };
  const merged = sorted.length / count;
  const coarse = blocksOf(series, Math.min(MOST_BLOCKS, count), 0);
  const slope = theilSenSlope(coarse);
  const time = autocorrelationTimeBound(withoutSlope(series, slope));
  const blocks = Math.min(MOST_BLOCKS, Math.floor(count / (BLOCK_TIMES * time)));
  const autocorrelationTime_samples = merged * time;
  if (blocks < LEAST_BLOCKS) return { slope, low: null, high: null, blocks: 0, autocorrelationTime_samples };
  const level = LEVEL_SHARE * (1 - confidence);
  const estimate = theilSen(blocksOf(series, blocks, Math.round(time)), 1 - level);
  return { ...estimate, blocks, autocorrelationTime_samples };
}

/** What is left of y, in whole steps of rounding errors: those must not look like a memory of a line that fits exactly. */
function withoutSlope({ x, y }: Series, slope: number): Float64Array {
  const [x0, y0] = [x[0] as number, y[0] as number];
  const line = x.map((value) => slope * (value - x0));
  const largest = y.reduce((most, value, at) => Math.max(most, Math.abs(value), Math.abs(line[at] as number)), 0);
  const step = largest * ROUNDING || 1;
  return y.map((value, at) => Math.round((value - y0 - (line[at] as number)) / step));
}

function blocksOf(series: Series, count: number, gap: number): Point[] {
  const y = blockMedians(series.y, count, gap);
  return Array.from(blockMedians(series.x, count, gap), (x, block) => ({ x, y: y[block] as number }));
}

function requireSeries(sorted: readonly Point[]): void {
  if (sorted.length < 2) throw new StatisticsInputError(`expected at least 2 points, not ${sorted.length}`);
  for (const [at, { x, y }] of sorted.entries()) {
    if (!Number.isFinite(x) || !Number.isFinite(y))
      throw new StatisticsInputError(`expected finite x and y, not ${x} and ${y}`);
    if (x === sorted[at - 1]?.x) throw new StatisticsInputError(`expected each x once, not ${x} twice`);
  }
}
