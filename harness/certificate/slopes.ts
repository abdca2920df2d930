/** How often a slope is found where there is none, in series that resemble themselves, and how surely one that is there. */
import { clopperPearson } from '../statistics/proportion.ts';
import { seriesSlope } from '../statistics/slope.ts';
import type { Point } from '../statistics/theil-sen.ts';
import { leastSquaresFindsSlope } from './beside.ts';
import { type Context, type Figure, percentText } from './figure.ts';
import { autoregressive, Draws } from './noise.ts';

/** Of intervals that are to hold in 95 % of runs. */
const MOST_FALSE = 0.05;
/** With which a simulated share must be over the limit before it is not met: the intervals are made for just this limit. */
const CERTAINTY = 0.99;
const LEAST_FOUND = 0.95;

interface Case {
  samples: number;
  /** Correlation of a sample with the one before. */
  correlation: number;
  tails: 'normal' | 'heavy';
}

/** The first three are too short for their correlation, more or less: there the interval must rather be missing. */
const STILL: Case[] = [
  { samples: 60, correlation: 0.8, tails: 'normal' },
  { samples: 60, correlation: 0.9, tails: 'normal' },
  { samples: 180, correlation: 0.5, tails: 'normal' },
  { samples: 720, correlation: 0, tails: 'normal' },
  { samples: 720, correlation: 0.5, tails: 'normal' },
  { samples: 720, correlation: 0.9, tails: 'normal' },
  { samples: 720, correlation: 0.5, tails: 'heavy' },
  { samples: 720, correlation: 0.9, tails: 'heavy' },
  { samples: 2_880, correlation: 0.9, tails: 'heavy' },
];

/** `rise` over the whole series, in standard deviations of a sample. */
const DRIFTS: (Case & { rise: number })[] = [
  { samples: 720, correlation: 0, tails: 'normal', rise: 1 },
  { samples: 720, correlation: 0.5, tails: 'normal', rise: 1.5 },
  { samples: 2_880, correlation: 0.9, tails: 'normal', rise: 2 },
  { samples: 2_880, correlation: 0.9, tails: 'heavy', rise: 2 },
];

/** A wave of a memory of 99 samples, under twice as much noise that hides it. */
const HIDDEN = { correlation: 0.98, share: 0.5 };
const HIDDEN_SAMPLES = [180, 2_880];

export function slopes(context: Context): Figure[] {
  return [
    ...STILL.map((one, index) => falseSlopes(context, one, index)),
    ...DRIFTS.map((one, index) => found(context, one, index)),
    ...HIDDEN_SAMPLES.map((samples, index) => hidden(context, samples, index)),
  ];
}

function falseSlopes(context: Context, one: Case, index: number): Figure {
  const counts = count(context, `slopes of none, ${one.samples} samples`, index, (draws) =>
    autoregressive(draws, one.samples, one.correlation, one.tails),
  );
  return {
    promise: 'slope',
    of: `false slopes of a 95 % interval; ${textOf(one)}`,
    required: `<= ${percentText(MOST_FALSE)} within simulation error`,
    measured: `${textOfCounts(counts)}; least squares ${percentText(counts.leastSquares / counts.runs)}`,
    met: clopperPearson(counts.found, counts.runs, CERTAINTY).low <= MOST_FALSE,
  };
}

function found(context: Context, one: Case & { rise: number }, index: number): Figure {
  const counts = count(context, `slopes, ${one.samples} samples`, 100 + index, (draws) =>
    autoregressive(draws, one.samples, one.correlation, one.tails).map(
      (value, at) => value + (one.rise * at) / (one.samples - 1),
    ),
  );
  return {
    promise: 'slope',
    of: `a rise of ${one.rise} standard deviations found; ${textOf(one)}`,
    required: `>= ${percentText(LEAST_FOUND)}`,
    measured: percentText(counts.rising / counts.runs),
    met: counts.rising / counts.runs >= LEAST_FOUND,
  };
}

/** What it supposes, and what comes of it where that is not so. */
function hidden(context: Context, samples: number, index: number): Figure {
  const counts = count(context, `slopes of a hidden wave, ${samples} samples`, 200 + index, (draws) =>
    autoregressive(draws, samples, HIDDEN.correlation, 'normal').map((wave) => HIDDEN.share * wave + draws.normal()),
  );
  return {
    promise: 'slope, beside',
    of: `false slopes where a wave with a memory of 99 samples lies under noise of twice its size; ${samples} samples`,
    required: '',
    measured: `${textOfCounts(counts)}; least squares ${percentText(counts.leastSquares / counts.runs)}`,
  };
}

interface Counts {
  runs: number;
  /** Runs with an interval at all. */
  given: number;
  /** Runs whose interval leaves 0 out, and on its upper side. */
  found: number;
  rising: number;
  leastSquares: number;
}

function count(context: Context, what: string, index: number, series: (draws: Draws) => number[]): Counts {
  const counts = { runs: context.quick ? 200 : 1_000, given: 0, found: 0, rising: 0, leastSquares: 0 };
  for (let run = 0; run < counts.runs; run++) {
    if (run % 50 === 0) context.progress(what, run, counts.runs);
    const points = series(new Draws(context.seed + 110_000_003 + 1_000_003 * index + run)).map(
      (y, x): Point => ({ x, y }),
    );
    const { low, high } = seriesSlope(points);
    counts.leastSquares += Number(leastSquaresFindsSlope(points));
    if (low === null || high === null) continue;
    counts.given++;
    counts.rising += Number(low > 0);
    counts.found += Number(low > 0 || high < 0);
  }
  return counts;
}

function textOf({ samples, correlation, tails }: Case): string {
  return `${samples} ${tails === 'heavy' ? 'heavy-tailed' : 'normal'} samples, correlation ${correlation} with the one before`;
}

function textOfCounts({ found, given, runs }: Counts): string {
  return `${percentText(found / runs)} (${found} of ${given} intervals, none in the other ${runs - given} runs)`;
}
