import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECK_STATUSES, type Entry } from '../schema/entry.ts';
import { runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import {
  at,
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

/** What an honest writer may leave behind: any values, facts and status, true tallies, perhaps no end. */
const honestLines = fc
  .record({
    baseline: fc.array(fc.array(fc.constantFrom(0, 500, 60_000), { maxLength: 20 }), { maxLength: 4 }),
    candidate: fc.array(fc.array(fc.constantFrom(1, 2, 500, 500, 500, 60_000), { maxLength: 20 }), { maxLength: 4 }),
    quick: fc.boolean(),
    holds: fc.boolean(),
    status: fc.constantFrom('completed', 'completed', ...CHECK_STATUSES),
    ended: fc.boolean(),
  })
  .map(({ baseline, candidate, quick, holds, status, ended }): Entry[] => [
    redis,
    ...whatHappened(check, { arm: 'baseline', values: { away_ms: quick ? [times(20, 60_000)] : baseline } }),
    ...whatHappened(check, {
      values: { away_ms: quick ? [times(20, 1), times(20, 2)] : candidate },
      facts: { 'it came back': true, 'nothing was lost': holds || quick },
      status: quick ? 'completed' : status,
    }),
    ...(ended || quick ? [finished] : []),
  ]);

const whenJudged = (entries: Entry[]) => judge(givenRun({ promises, entries }));
const passing = (entries: Entry[]) => {
  const run = whenJudged(entries);
  return new Set([
    ...(run.verdict === 'pass' ? ['run'] : []),
    ...run.gates.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id),
  ]);
};

describe('judge', () => {
  test('makes a run that its schema accepts', () => {
    const run = judge(givenRun({ promises }));
    expect(runSchema.parse(run)).toEqual(run);
    expect(run.verdict).toBe('pass');
  });

  test('gives the same bytes in whatever order the lines stand', () => {
    fc.assert(
      fc.property(
        honestLines.chain((lines) =>
          fc.tuple(
            fc.constant(lines),
            fc.shuffledSubarray([...lines, ...lines.slice(2, 5)], { minLength: lines.length + 3 }),
          ),
        ),
        ([lines, shuffled]) => {
          const again = [...lines, ...lines.slice(2, 5)];
          expect(JSON.stringify(whenJudged(shuffled))).toBe(JSON.stringify(whenJudged(again)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('removing any one line never turns into a pass what was none', () => {
    let passes = 0;
    fc.assert(
      fc.property(honestLines, (lines) => {
        const before = passing(lines);
        passes += Number(before.has('run'));
        for (const [index] of lines.entries()) {
          const after = passing(lines.toSpliced(index, 1));
          expect([...after].filter((id) => !before.has(id))).toEqual([]);
          expect(after.has('run'), `without line ${index}`).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
    expect(passes).toBeGreaterThan(10);
  });

  test('a pass has at least the least number of samples', () => {
    fc.assert(
      fc.property(honestLines, (lines) => {
        for (const gate of whenJudged(lines).gates.filter(({ verdict }) => verdict === 'pass')) {
          const least = promises.find(({ id }) => id === gate.id)?.minSamples ?? check.facts.length;
          expect(gate.candidate.samples).toBeGreaterThanOrEqual(least);
        }
      }),
      { numRuns: 200 },
    );
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

  test('takes a million values in its stride', () => {
    const block = () => Array.from({ length: 1024 }, (_, i) => (i * 7919) % 1009);
    const blocks = Array.from({ length: 488 }, block);
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', values: { away_ms: blocks } }),
      ...whatHappened(check, { values: { away_ms: blocks } }),
      { ...finished, at: at(1000) },
    ];
    // Processor time, not the clock: whatever else the machine does is not in it.
    const before = process.cpuUsage();
    const run = whenJudged(entries);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
    expect(run.gates[0]?.candidate.samples).toBe(499_712);
  });
});
