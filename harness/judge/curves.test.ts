import { expect, test } from 'vitest';
import type { Arm, Entry } from '../schema/entry.ts';
import { runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import { finished, givenCheck, givenPromise, givenRun, redis, whatHappened } from './saved-run.fixture.ts';

const check = givenCheck({ id: 'acme-1/growth', measures: { page_ms: 'ms', other_ms: 'ms' } });
const promises = [givenPromise({ id: 'acme-1/quick', kind: 'absolute', measure: 'page_ms' })];

/** What an arm recorded of `page_ms`: batches, each at so many rows; undefined is nowhere. */
function recorded(arm: Arm, batches: [rows: number | undefined, values: number[]][], unit = 'rows'): Entry[] {
  const entries = whatHappened(check, {
    arm,
    values: { page_ms: batches.map(([, values]) => values), other_ms: [[1]] },
  });
  return entries.map((entry) => {
    if (entry.type !== 'observation' || entry.measure !== 'page_ms') return entry;
    const value = batches[entry.block]?.[0];
    return value === undefined ? entry : { ...entry, point: { value, unit } };
  });
}

function curves(...entries: Entry[]) {
  const run = judge(givenRun({ checks: [check], promises, entries: [redis, ...entries, finished] }));
  expect(runSchema.parse(run)).toEqual(run);
  return run.curves;
}

test('a measure that says what it was measured at is a curve, an arm a line, its points in order', () => {
  const grown = curves(
    ...recorded('candidate', [
      [1_000, [4, 2, 3]],
      [10, [1]],
    ]),
    ...recorded('baseline', [[10, [9]]]),
  );
  expect(grown).toEqual([
    {
      check: 'acme-1/growth',
      measure: 'page_ms',
      unit: 'ms',
      over: 'rows',
      arm: 'baseline',
      points: [{ at: 10, p50: 9, p95: 9, samples: 1 }],
    },
    {
      check: 'acme-1/growth',
      measure: 'page_ms',
      unit: 'ms',
      over: 'rows',
      arm: 'candidate',
      points: [
        { at: 10, p50: 1, p95: 1, samples: 1 },
        { at: 1_000, p50: 3, p95: 4, samples: 3 },
      ],
    },
  ]);
});

test('batches at one place are one point; those that were measured nowhere are on no curve', () => {
  const [curve] = curves(
    ...recorded('candidate', [
      [10, [1, 2]],
      [undefined, [500]],
      [10, [3]],
    ]),
  );
  expect(curve?.points).toEqual([{ at: 10, p50: 2, p95: 3, samples: 3 }]);
  expect(curves(...recorded('candidate', [[undefined, [1]]]))).toEqual([]);
});

test('a batch that is not believed is no point', () => {
  const entries = recorded('candidate', [
    [10, [1]],
    [20, [2]],
  ]).map((entry) => (entry.type === 'observation' && entry.block === 1 ? { ...entry, unit: 's' } : entry));
  expect(curves(...entries)[0]?.points.map(({ at }) => at)).toEqual([10]);
});

test('of more places than a chart can show evenly spaced ones are kept, and both ends', () => {
  const [curve] = curves(
    ...recorded(
      'candidate',
      Array.from({ length: 51 }, (_, index) => [index + 1, [index]]),
    ),
  );
  const places = curve?.points.map(({ at }) => at) ?? [];
  expect([places.length, new Set(places).size, places[0], places.at(-1)]).toEqual([50, 50, 1, 51]);
  const all = curves(
    ...recorded(
      'candidate',
      Array.from({ length: 50 }, (_, index) => [index + 1, [index]]),
    ),
  );
  expect(all[0]?.points).toHaveLength(50);
});
