import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import {
  finished,
  givenCheck,
  givenPromise,
  givenRun,
  honestEntries,
  redis,
  times,
  whatHappened,
} from './saved-run.fixture.ts';

const check = givenCheck();
const promises = [
  givenPromise(),
  givenPromise({ id: 'acme-1/p50', statistic: 'p50', operator: '<', limit: 40_000, minSamples: 6, kind: 'absolute' }),
  givenPromise({ id: 'acme-1/share', statistic: 'share-above', operator: '<', limit: 0.5, minSamples: 5 }),
  givenPromise({ id: 'acme-1/min', statistic: 'min', operator: '>=', limit: 1, minSamples: 1, kind: 'absolute' }),
];

const whenJudged = (entries: Entry[]) => judge(givenRun({ promises, entries }));
describe('judge', () => {
  test('makes a run that its schema accepts', () => {
    const run = judge(givenRun({ promises }));
    expect(runSchema.parse(run)).toEqual(run);
    expect(run.verdict).toBe('pass');
  });

  test('tells the former ids of a promise with its gate', () => {
    const { gates } = judge(givenRun({ promises: [givenPromise({ aliases: ['acme-1/came-back'] })] }));
    expect(gates.flatMap(({ id, aliases }) => aliases?.map((alias) => [alias, id]))).toEqual([
      ['acme-1/came-back', 'acme-1/back'],
      undefined,
    ]);
  });

  test('pools all checks of the suite that give the measure, and says how to run them again', () => {
    const other = givenCheck({ id: 'acme-1/again' });
    const elsewhere = givenCheck({ id: 'acme-2/drop', suite: 'acme-2' });
    const run = judge(
      givenRun({
        checks: [check, elsewhere, other],
        scope: {
          command:
            'npm run regression -- --profile smoke --seed 7 --ticket ACME-1 --check acme-1/drop --baseline v1.0.0',
        },
      }),
    );
    expect(run.gates.find(({ id }) => id === 'acme-1/back')).toMatchObject({
      checks: ['acme-1/again', 'acme-1/drop'],
      candidate: { samples: 72 },
      rerun:
        'npm run regression -- --profile smoke --seed 7 --baseline v1.0.0 --check acme-1/again --check acme-1/drop',
    });
  });

  test('takes a slow start without the rest for no breach of a quantile or a share', () => {
    const slow = [times(30, 60_000)];
    const judged = (lines: Entry[]) =>
      whenJudged([redis, ...whatHappened(check, { arm: 'baseline', values: { away_ms: slow } }), ...lines])
        .gates.filter(({ id }) => ['acme-1/p50', 'acme-1/share'].includes(id))
        .map(({ verdict }) => verdict);
    const whole = whatHappened(check, { values: { away_ms: slow } });
    expect(judged([...whole, finished])).toEqual(['fail', 'fail']);
    expect(judged(whole.slice(0, -1))).toEqual(['no-data', 'no-data']);
  });

  test('tells by what the timings were divided', () => {
    const entries = honestEntries(check).map((entry) =>
      entry.type === 'observation' ? { ...entry, factor: 8 } : entry,
    );
    expect(judge(givenRun({ entries })).gates[0]?.reason).toMatch(/; timings were divided by 8$/);
  });

  test('is an error when the check gives the measure in another unit than the promise has', () => {
    const run = judge(givenRun({ promises: [givenPromise({ unit: 's' })] }));
    expect(run.gates[0]).toMatchObject({ verdict: 'error', candidate: { samples: 0 } });
  });

  test('draws a series from 10 batches on, of at most 500 points', () => {
    const pointsOf = (batches: number) => {
      const entries = [
        redis,
        ...whatHappened(check, { values: { away_ms: Array.from({ length: batches }, (_, i) => [i, i, 9e9]) } }),
        finished,
      ];
      return judge(givenRun({ entries })).series.map((series) => [
        series.arm,
        series.points.length,
        series.points.at(-1),
      ]);
    };
    expect(pointsOf(9)).toEqual([]);
    expect(pointsOf(10)).toEqual([['candidate', 10, [9, 9]]]);
    expect(pointsOf(501)).toEqual([['candidate', 500, [500, 500]]]);
  });

  test('draws replicates that ran side by side in the order of time', () => {
    const twice = givenCheck({ arms: ['candidate'], replicates: 2 });
    const blocks = Array.from({ length: 5 }, () => [1]);
    const entries = [0, 1].flatMap((replicate) => whatHappened(twice, { replicate, values: { away_ms: blocks } }));
    const [series] = judge(givenRun({ checks: [twice], entries })).series;
    expect(series?.points.map(([seconds]) => seconds)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  });
});
