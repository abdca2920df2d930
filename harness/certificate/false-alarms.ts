/** How often each kind of gate fails a release that is as good as promised, and what simpler rules do on the same data. */
import { estimateOf, Pool } from '../judge/estimate.ts';
import { judgeLimit } from '../judge/limit.ts';
import { stoppingPlan } from '../judge/stopping.ts';
import { quantileEstimate, quantileOf, sortedSamples } from '../statistics/quantile.ts';
import { plainThresholdFails, RepeatedZ } from './beside.ts';
import { type Context, type Figure, percentText } from './figure.ts';
import { BUDGET, checkOf, guardrailOf, limitOf } from './gates.ts';
import { follow, type PairValues } from './measurement.ts';
import { Draws, latencies, pairLevels, type Weather } from './noise.ts';

const REQUESTS = 60;
/** Of the gates that are looked at once, all in one replicate. */
const REQUESTS_ONCE = 3_000;
const BLOCK = 100;
const MOST = 0.01;
/** Replicates from which the exact p95 of all such is taken. */
const CALIBRATION = 40_000;

const WEATHERS: { name: string; weather: Weather }[] = [
  { name: '10 % heavy-tailed noise, none of it lasting', weather: { noise: 0.1, tails: 'heavy', drift: 0 } },
  {
    name: '10 % heavy-tailed noise, drifting from replicate to replicate',
    weather: { noise: 0.1, tails: 'heavy', drift: 0.8 },
  },
];

export function falseAlarms(context: Context): Figure[] {
  const runs = context.quick ? 300 : 10_000;
  return [...WEATHERS.flatMap((one, index) => looked(context, runs, one, index)), ...once(context, runs)];
}

/** Both arms alike; each limit stands exactly where this release is, the tolerance is 0: the least forgiving A/A run. */
function looked(context: Context, runs: number, { name, weather }: (typeof WEATHERS)[number], index: number): Figure[] {
  const p95 = exactP95(context, weather);
  // A limit on a level that drifts is a promise about the machine: limits are held to replicates that do not.
  const limits = weather.drift === 0;
  const promises = [
    guardrailOf(),
    guardrailOf({ id: 'proof/guardrail-p50', statistic: 'p50', suite: 'proof', ticket: 'another' }),
    ...(limits
      ? [
          limitOf({ limit: p95 }),
          limitOf({ id: 'proof/share', statistic: 'share-above', threshold: p95, operator: '<=', limit: 0.05 }),
        ]
      : []),
  ];
  const plan = stoppingPlan(checkOf(), promises, false);
  const alarms = new Map(promises.map(({ id }) => [id, 0]));
  let threshold = 0;
  let repeatedZ = 0;
  for (let run = 0; run < runs; run++) {
    if (run % 50 === 0) context.progress(`false alarms, ${name}`, run, runs);
    const draws = new Draws(context.seed + 1_000_003 * index + run);
    const values = pairLevels(draws, BUDGET, weather).map(
      (level): PairValues => ({
        baseline: latencies(draws, REQUESTS, level.baseline),
        candidate: latencies(draws, REQUESTS, level.candidate),
      }),
    );
    for (const [id, { verdict }] of follow(plan, values)) {
      if (verdict === 'fail') alarms.set(id, (alarms.get(id) as number) + 1);
    }
    threshold += Number(plainThresholdFails(values));
    repeatedZ += Number(new RepeatedZ().everFails(values));
  }
  const figure = (of: string, id: string): Figure =>
    heldTo(`${of}, looked at after every pair; ${name}`, alarms.get(id) as number, runs);
  const beside = (of: string, count: number): Figure => ({
    promise: 'false alarms, beside',
    of: `${of}; ${name}`,
    required: '',
    measured: percentText(count / runs),
  });
  return [
    figure('guardrail p95, tolerance 0', 'proof/guardrail'),
    figure('guardrail p50, tolerance 0', 'proof/guardrail-p50'),
    ...(limits
      ? [figure('limit p95, exactly at it', 'proof/limit'), figure('limit share-above, exactly at it', 'proof/share')]
      : []),
    beside('a plain threshold: p95 more than 5 % over the baseline', threshold),
    beside('a z test at 0.05 on all requests, looked at after every pair', repeatedZ),
  ];
}

/** Limits of a check without replicates: one look, dependent requests, the exact interval on what they are worth. */
function once(context: Context, runs: number): Figure[] {
  const p95 = exactP95(context, { noise: 0, tails: 'normal', drift: 0 });
  const promise = limitOf({ limit: 1.1 * p95 });
  const share = limitOf({ statistic: 'share-above', threshold: p95, operator: '<=', limit: 0.055 });
  const count = { p95: 0, share: 0, edge: 0, naive: 0 };
  for (let run = 0; run < runs; run++) {
    if (run % 50 === 0) context.progress('false alarms, limits looked at once', run, runs);
    const draws = new Draws(context.seed + 7_000_003 + run);
    const all = latencies(draws, REQUESTS_ONCE, 0);
    const batches = Array.from({ length: REQUESTS_ONCE / BLOCK }, (_, block) =>
      all.slice(BLOCK * block, BLOCK * (block + 1)),
    );
    const pool = new Pool([batches]);
    const fails = (one: typeof promise) => Number(judgeLimit(one, estimateOf(one, pool)) === 'fail');
    count.p95 += fails(promise);
    count.share += fails(share);
    count.edge += fails({ ...promise, limit: p95 });
    count.naive += Number((quantileEstimate(sortedSamples([all]), 95).low ?? 0) >= p95);
  }
  const dependent = 'one look, each request depends on the one before';
  return [
    heldTo(`limit p95 that is kept by 10 %; ${dependent}`, count.p95, runs),
    heldTo(`limit share-above that is kept by 10 %; ${dependent}`, count.share, runs),
    shown(`limit p95 exactly at it (a 95 % interval: 2.5 % by construction); ${dependent}`, count.edge, runs),
    shown(`the same as if requests were independent; ${dependent}`, count.naive, runs),
  ];
}

function heldTo(of: string, alarms: number, runs: number): Figure {
  return {
    promise: 'false alarms',
    of,
    required: `<= ${percentText(MOST)}`,
    measured: `${percentText(alarms / runs)} (${alarms} of ${runs})`,
    met: alarms / runs <= MOST,
  };
}

function shown(of: string, alarms: number, runs: number): Figure {
  return { promise: 'false alarms, beside', of, required: '', measured: percentText(alarms / runs) };
}

/** Where the p95 of all replicates in this weather lies, so that a limit can be put exactly there. */
function exactP95(context: Context, weather: Weather): number {
  const draws = new Draws(context.seed + 999);
  const replicates = context.quick ? CALIBRATION / 10 : CALIBRATION;
  const still = { ...weather, drift: 0 };
  const levels = pairLevels(draws, replicates / 2, still).flatMap(({ baseline, candidate }) => [baseline, candidate]);
  return quantileOf(
    levels.map((level) => latencies(draws, REQUESTS, level)),
    95,
  ) as number;
}
