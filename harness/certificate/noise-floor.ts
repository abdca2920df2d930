/** What the run's own noise floor costs and saves: passes that it takes away, rightly and not, and that it touches no fail. */
import { earlyGuardrail, guardrailEvidence, judgeGuardrail, logWorsening } from '../judge/guardrail.ts';
import { FALSE_FAIL } from '../judge/levels.ts';
import { type ArmStatistics, heldToNoise, logNoiseFloor } from '../judge/noise-floor.ts';
import type { Guardrail } from '../schema/promise.ts';
import type { Verdict } from '../schema/verdict.ts';
import { type Context, type Figure, percentText } from './figure.ts';
import { guardrailOf } from './gates.ts';
import { Draws, pairLevels, type Weather } from './noise.ts';

/** At most this share of the passes of a release that is no slower may be lost where the noise is far under the tolerance. */
const MOST_TAKEN = 0.01;
const MOST_FALSE = 0.01;

interface Case {
  of: string;
  weather: Weather;
  tolerance: number;
  /** The candidate by the baseline. */
  ratio: number;
  least: number;
  most: number;
  held?: 'taken' | 'fails';
}

const still = (noise: number): Weather => ({ noise, tails: 'normal', drift: 0 });
const TEN: Weather = still(0.1);
/** Pairs differ by about 5 %: of two replicates, each with its own noise. */
const FIVE_IN_PAIRS: Weather = still(0.05 / Math.SQRT2);

const CASES: Case[] = [
  { of: 'no change', weather: FIVE_IN_PAIRS, tolerance: 0.2, ratio: 1, least: 7, most: 10, held: 'taken' },
  { of: 'a change of 5 %', weather: FIVE_IN_PAIRS, tolerance: 0.2, ratio: 1.05, least: 7, most: 10, held: 'taken' },
  { of: 'no change', weather: TEN, tolerance: 0.2, ratio: 1, least: 7, most: 10 },
  { of: 'no change', weather: { ...TEN, tails: 'heavy' }, tolerance: 0.2, ratio: 1, least: 7, most: 10 },
  { of: 'no change', weather: { ...TEN, drift: 0.8 }, tolerance: 0.2, ratio: 1, least: 7, most: 10 },
  { of: 'no change', weather: TEN, tolerance: 0.2, ratio: 1, least: 2, most: 32 },
  { of: 'no change', weather: TEN, tolerance: 0.05, ratio: 1, least: 2, most: 32 },
  { of: 'a candidate twice as fast', weather: TEN, tolerance: 0.05, ratio: 0.5, least: 2, most: 32, held: 'taken' },
  {
    of: 'a change just as large as the tolerance',
    weather: still(0.33),
    tolerance: 0.2,
    ratio: 1.2,
    least: 7,
    most: 10,
  },
  { of: 'a regression of 20 %', weather: TEN, tolerance: 0.05, ratio: 1.2, least: 2, most: 32, held: 'fails' },
  {
    of: 'a change just as large as the tolerance',
    weather: TEN,
    tolerance: 0.05,
    ratio: 1.05,
    least: 2,
    most: 32,
    held: 'fails',
  },
];

export function noiseFloors(context: Context): Figure[] {
  const runs = context.quick ? 300 : 2_000;
  return CASES.flatMap((one, index) => figuresOf(context, runs, one, index));
}

function figuresOf(context: Context, runs: number, one: Case, index: number): Figure[] {
  const promise = guardrailOf({ tolerance: one.tolerance, minPairs: one.least });
  const count = { passed: 0, taken: 0, failed: 0, lost: 0, raised: 0, pairs: 0, pairsWithout: 0 };
  for (let run = 0; run < runs; run++) {
    if (run % 50 === 0) context.progress(`noise floor, ${one.of}`, run, runs);
    const draws = new Draws(context.seed + 90_000_003 + 1_000_003 * index + run);
    const statistics = pairLevels(draws, one.most, one.weather).map(({ baseline, candidate }) => ({
      baseline: Math.exp(baseline),
      candidate: one.ratio * Math.exp(candidate),
    }));
    const without = course(promise, one.least, statistics, false);
    const held = course(promise, one.least, statistics, true);
    count.passed += Number(without.verdict === 'pass');
    count.taken += Number(without.verdict === 'pass' && held.verdict !== 'pass');
    count.failed += Number(held.verdict === 'fail');
    count.lost += Number(without.verdict === 'fail' && held.verdict !== 'fail');
    count.raised += Number(without.verdict !== 'fail' && held.verdict === 'fail');
    count.pairs += held.pairs;
    count.pairsWithout += without.pairs;
  }
  const { noise, tails, drift } = one.weather;
  const where = `${percentText(noise)} ${tails === 'heavy' ? 'heavy-tailed' : drift > 0 ? 'drifting' : 'normal'} noise between replicates, tolerance ${percentText(one.tolerance)}, ${one.least} to ${one.most} pairs`;
  const made = `${(count.pairs / runs).toFixed(1)} pairs in place of ${(count.pairsWithout / runs).toFixed(1)}`;
  const share = count.passed === 0 ? 0 : count.taken / count.passed;
  const held = one.held === 'taken';
  const passes: Figure = {
    promise: held ? 'noise floor' : 'noise floor, beside',
    of: `passes taken away of ${one.of}; ${where}`,
    required: held ? `<= ${percentText(MOST_TAKEN)}` : '',
    measured: `${percentText(share)} (${percentText(count.passed / runs)} of runs pass without the floor, ${percentText((count.passed - count.taken) / runs)} with it; ${made})`,
    ...(held ? { met: count.passed > 0 && share <= MOST_TAKEN } : {}),
  };
  if (one.held !== 'fails') return [passes];
  const broken = one.ratio > 1 + one.tolerance;
  return [
    {
      promise: 'noise floor',
      of: `fails taken away of ${one.of}; ${where}`,
      required: '0',
      measured: `${count.lost} of ${count.failed + count.lost - count.raised}`,
      met: count.lost === 0,
    },
    ...(broken
      ? []
      : [
          {
            promise: 'noise floor',
            of: `false alarms of ${one.of}, with the pairs that a pass taken away adds; ${where}`,
            required: `<= ${percentText(MOST_FALSE)}`,
            measured: `${percentText(count.failed / runs)} (${count.raised} of them raised by it)`,
            met: count.failed / runs <= MOST_FALSE,
          },
        ]),
  ];
}

/** A check that measures nothing but this guardrail: it ends at the first certain look, or at its budget. */
function course(
  promise: Guardrail,
  least: number,
  statistics: ArmStatistics,
  withFloor: boolean,
): { verdict: Verdict; pairs: number } {
  const worsening = statistics.flatMap((pair) => logWorsening(promise, pair) ?? []);
  const held = (verdict: Verdict, pairs: number) =>
    withFloor
      ? heldToNoise(promise, verdict, worsening.slice(0, pairs), logNoiseFloor(promise, statistics.slice(0, pairs)))
      : verdict;
  for (let pairs = least; pairs < statistics.length; pairs++) {
    const verdict = held(earlyGuardrail(promise, worsening.slice(0, pairs), 1), pairs);
    if (verdict === 'pass' || verdict === 'fail') return { verdict, pairs };
  }
  const pairs = statistics.length;
  const evidence = guardrailEvidence(promise, worsening, true);
  return { verdict: held(judgeGuardrail(promise, evidence, pairs, FALSE_FAIL.guardrail), pairs), pairs };
}
