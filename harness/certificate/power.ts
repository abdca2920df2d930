/** How surely a regression is called, by noise and number of pairs. */
import { changeOf, detectable } from '../judge/guardrail-estimate.ts';
import { FALSE_FAIL } from '../judge/levels.ts';
import { stoppingPlan } from '../judge/stopping.ts';
import { type Context, type Figure, medianOf, percentText } from './figure.ts';
import { BUDGET, checkOf, guardrailOf } from './gates.ts';
import { follow } from './measurement.ts';
import { Draws, pairLevels, type Weather } from './noise.ts';

const REGRESSION = 0.2;
const LEAST = 0.95;
const TOLERANCE = 0.05;
const NOISES = [0.03, 0.05, 0.1, 0.2, 0.33];
const PAIRS = [10, 16, 20, 24, 32];
/** By the noncentral t distribution, for tolerance 0 and 5 %: nobody reaches 95 % with 10 pairs at this noise. */
const TEN_PAIRS = [
  '; the t test, told that the noise is normal, has 86.7 % at 1 % false alarms',
  '; the t test, told that the noise is normal, has 58.3 % at 1 % false alarms',
];

export function power(context: Context): Figure[] {
  const runs = context.quick ? 200 : 4_000;
  const weather: Weather = { noise: 0.1, tails: 'normal', drift: 0 };
  const held = [
    { weather, name: 'normal' },
    { weather: { ...weather, tails: 'heavy' as const }, name: 'heavy-tailed' },
    { weather: { ...weather, drift: 0.8 }, name: 'drifting' },
  ].map(({ weather, name }, index): Figure => {
    const share = called(context, runs, index, { tolerance: TOLERANCE, pairs: BUDGET, weather });
    return {
      promise: 'power',
      of: `a 20 % regression, tolerance 5 %, 10 % ${name} noise between replicates, the budget of ${BUDGET} pairs`,
      required: `>= ${percentText(LEAST)}`,
      measured: percentText(share),
      met: share >= LEAST,
    };
  });
  const smaller = [0, TOLERANCE].flatMap((tolerance, row) =>
    PAIRS.map(
      (pairs, column): Figure => ({
        promise: 'power, beside',
        of: `a 20 % regression, tolerance ${percentText(tolerance)}, 10 % normal noise, ${pairs} pairs${pairs === 10 ? TEN_PAIRS[row] : ''}`,
        required: '',
        measured: percentText(called(context, runs, 3 + row * PAIRS.length + column, { tolerance, pairs, weather })),
      }),
    ),
  );
  return [...held, ...smaller, ...detectableTable(context)];
}

function called(
  context: Context,
  runs: number,
  index: number,
  { tolerance, pairs, weather }: { tolerance: number; pairs: number; weather: Weather },
): number {
  const plan = stoppingPlan(checkOf({ replicates: pairs }), [guardrailOf({ tolerance })], false);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    if (run % 50 === 0) context.progress(`power, ${pairs} pairs`, run, runs);
    const draws = new Draws(context.seed + 20_000_003 + 1_000_003 * index + run);
    const values = pairLevels(draws, pairs, weather).map(({ baseline, candidate }) => ({
      baseline: [Math.exp(baseline)],
      candidate: [(1 + REGRESSION) * Math.exp(candidate)],
    }));
    count += Number(follow(plan, values).get('proof/guardrail')?.verdict === 'fail');
  }
  return count / runs;
}

/**
 * The regression that is called in 95 % of runs. A change moves the lower bound by itself, so of A/A runs it is the
 * change that would lift the bound of 95 % of them over the tolerance. Beside it what the gates themselves say they
 * could see.
 */
function detectableTable(context: Context): Figure[] {
  const runs = context.quick ? 40 : 400;
  const promise = guardrailOf();
  return NOISES.flatMap((noise, row) =>
    PAIRS.map((pairs, column): Figure => {
      context.progress('what is detectable', row * PAIRS.length + column, NOISES.length * PAIRS.length);
      const needed: number[] = [];
      const said: number[] = [];
      for (let run = 0; run < runs; run++) {
        const draws = new Draws(context.seed + 40_000_003 + 1_000_003 * (row * PAIRS.length + column) + run);
        const worsening = pairLevels(draws, pairs, { noise, tails: 'normal', drift: 0 }).map(
          ({ baseline, candidate }) => candidate - baseline,
        );
        const { low } = changeOf(promise, worsening, true, FALSE_FAIL.guardrail);
        needed.push(low === null ? Number.POSITIVE_INFINITY : -Math.log1p(low));
        said.push(detectable(promise, worsening, FALSE_FAIL.guardrail) ?? Number.POSITIVE_INFINITY);
      }
      const at = Math.ceil(LEAST * runs) - 1;
      const change = Math.expm1(needed.toSorted((a, b) => a - b)[at] as number);
      return {
        promise: 'detectable',
        of: `beyond the tolerance, ${percentText(noise)} noise between replicates, ${pairs} pairs`,
        required: '',
        measured: `+${percentText(change)} (gates say +${percentText(medianOf(said))})`,
      };
    }),
  );
}
