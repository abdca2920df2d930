import { describe, expect, test } from 'vitest';
import { type HistoryLine, MOST_RUNS } from '../schema/history.ts';
import type { Gate, Run } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { reportHistory } from './history.ts';

const COMMIT = 'a'.repeat(40);
const arms = { baseline: 'v1', candidate: 'v2' };
const random = () => 0.5;

function line(
  id: string,
  gates: Record<string, [Verdict, number | null]>,
  over: Partial<HistoryLine> = {},
): HistoryLine {
  return {
    schemaVersion: 1,
    id,
    startedAt: '2026-01-01T00:00:00.000Z',
    commit: COMMIT,
    dirty: false,
    arms,
    profile: 'standard',
    narrowedBy: [],
    verdict: 'pass',
    gates: Object.entries(gates).map(([gate, [verdict, candidate]]) => ({ id: gate, verdict, candidate })),
    ...over,
  };
}

function run(gates: Record<string, [Verdict, number | null]>, commit: string | null = COMMIT, dirty = false): Run {
  return {
    id: 'now',
    scope: { profile: 'standard', narrowedBy: [] },
    provenance: { commit, dirty, arms },
    gates: Object.entries(gates).map(([id, [verdict, value]]) => ({ id, verdict, candidate: { value } }) as Gate),
  } as unknown as Run;
}

describe('a gate among the runs before', () => {
  test('is new or fixed by the last run like it, and by no earlier one', () => {
    const lines = [
      line('first', { a: ['fail', 1], b: ['fail', 1], c: ['pass', 1] }),
      line('last', { a: ['pass', 1], b: ['no-data', null], c: ['pass', 1] }),
    ];
    const now = run({ a: ['inconclusive', 1], b: ['pass', 1], c: ['pass', 1], d: ['fail', 1] });
    expect(reportHistory(now, lines, random)).toMatchObject({ new: ['a'], fixed: ['b'] });
  });

  test('has its verdicts and values in the order of the file, whatever the clocks said, and nothing where it was not judged', () => {
    const lines = [
      line('one', { a: ['pass', 1] }, { startedAt: '2026-06-01T00:00:00.000Z' }),
      line('two', { b: ['pass', 9] }, { startedAt: '2026-01-01T00:00:00.000Z' }),
    ];
    const { runs, gates } = reportHistory(run({ a: ['fail', 3] }), lines, random);
    expect(runs.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(gates).toEqual({ a: { verdicts: ['pass', null, 'fail'], values: [1, null, 3], changes: [] } });
  });

  test.each([
    ['of another profile', { profile: 'smoke' }],
    ['of other arms', { arms: { ...arms, baseline: 'v2' } }],
    ['that was narrowed', { narrowedBy: ['--check a'] }],
  ] as const)('is not held against a run %s', (_, over) => {
    const { runs, new: turned } = reportHistory(
      run({ a: ['fail', 1] }),
      [line('other', { a: ['pass', 1] }, over as never)],
      random,
    );
    expect({ runs, turned }).toEqual({ runs: [], turned: [] });
  });

  test('is not held against itself when its line is there already', () => {
    expect(reportHistory(run({ a: ['fail', 1] }), [line('now', { a: ['pass', 1] })], random).runs).toEqual([]);
  });

  test('is new or fixed by the last run that knew, not by one that was cut short', () => {
    const lines = [
      line('whole', { a: ['pass', 1], b: ['pass', 1], c: ['fail', 1] }),
      line('cut', { a: ['no-data', null], b: ['error', null], c: ['no-data', null] }),
    ];
    const now = run({ a: ['pass', 1], b: ['fail', 1], c: ['pass', 1] });
    expect(reportHistory(now, lines, random)).toMatchObject({ new: ['b'], fixed: ['c'] });
  });

  test('is found under a former id of its promise, and under its own before that', () => {
    const lines = [line('first', { old: ['pass', 1] }), line('last', { old: ['pass', 2], a: ['pass', 3] })];
    const now = run({ a: ['fail', 4] });
    const gates = now.gates.map((gate) => ({ ...gate, aliases: ['older', 'old'] }));
    expect(reportHistory({ ...now, gates }, lines, random)).toMatchObject({
      new: ['a'],
      flaky: ['a'],
      gates: { a: { values: [1, 3, 4] } },
    });
    expect(reportHistory(now, lines.slice(0, 1), random)).toMatchObject({ new: [], flaky: [] });
  });

  test('is flaky when it gave both outcomes on this commit, also some runs ago', () => {
    const lines = [
      line('first', { a: ['pass', 1], b: ['fail', 1], c: ['fail', 1], d: ['pass', 1] }),
      line('second', { a: ['fail', 1], b: ['error', null], c: ['pass', 1], d: ['marginal', 1] }),
    ];
    const now = run({ a: ['fail', 1], b: ['no-data', null], c: ['inconclusive', 1], d: ['no-data', null] });
    expect(reportHistory(now, lines, random).flaky).toEqual(['a', 'c']);
  });

  test.each([
    ['on another commit', { commit: 'b'.repeat(40) }, run({ a: ['fail', 1] })],
    ['on a changed tree', { dirty: true }, run({ a: ['fail', 1] })],
    ['and this tree is changed', {}, run({ a: ['fail', 1] }, COMMIT, true)],
    ['and nobody knows the commit', { commit: null }, run({ a: ['fail', 1] }, null)],
  ])('is not flaky when the other outcome was %s', (_, over, now) => {
    expect(reportHistory(now, [line('first', { a: ['pass', 1] }, over)], random).flaky).toEqual([]);
  });

  test('changes are looked for in 10 values or more, and told by their place among all runs', () => {
    const of = (values: (number | null)[]) => {
      const lines = values.slice(0, -1).map((value, at) => line(`run-${at}`, { a: ['pass', value] }));
      let state = 1;
      const lehmer = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      return reportHistory(run({ a: ['pass', values.at(-1) as number] }), lines, lehmer).gates.a?.changes;
    };
    const [low, high] = [
      [1, 1.1, 0.9, 1.05, 1.2, 0.95],
      [9, 9.1, 8.9, 9.05, 9.2, 8.95],
    ];
    expect(of([...low.slice(0, 4), ...high.slice(0, 5)])).toEqual([]);
    expect(of([...low, ...high])).toEqual([6]);
    expect(of([...low, null, null, ...high])).toEqual([8]);
  });

  describe('of many gates', () => {
    const seeded = (seed: number) => {
      let state = seed;
      return () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
    };
    /** The gates with a change, of so many that have noise and some that change in the middle, over 12 runs. */
    const changed = (noisy: number, changing: number, seed: number) => {
      const draw = seeded(seed);
      const ids = Array.from({ length: noisy + changing }, (_, at) => (at < noisy ? `noise-${at}` : `change-${at}`));
      const at = (index: number): Record<string, [Verdict, number]> =>
        Object.fromEntries(
          ids.map((id) => [id, ['pass', draw() + (id.startsWith('change') && index >= 6 ? 50 : 0)] as const]),
        ) as Record<string, [Verdict, number]>;
      const lines = Array.from({ length: 11 }, (_, index) => line(`run-${index}`, at(index)));
      const { gates } = reportHistory(run(at(11)), lines, draw);
      return Object.keys(gates).filter((id) => (gates[id]?.changes.length ?? 0) > 0);
    };

    test('a run in which none has changed names one as seldom as 1 in 20, however many there are', () => {
      const alarms = Array.from({ length: 40 }, (_, seed) => changed(40, 0, 1 + 977 * seed)).filter(
        (ids) => ids.length > 0,
      );
      // 2 are expected; 9 or more come about once in 4,000. At 1 % for each gate it would be 13.
      expect(alarms.length).toBeLessThan(9);
    });

    test('one that has changed is named among many that have not', () => {
      expect(changed(59, 1, 7)).toEqual(['change-59']);
    });
  });

  test(`only the last ${MOST_RUNS} are looked back upon`, () => {
    const lines = Array.from({ length: MOST_RUNS + 1 }, (_, at) => line(`run-${at}`, { a: ['pass', 1] }));
    const { runs } = reportHistory(run({ a: ['pass', 1] }), lines, random);
    expect([runs.length, runs[0]?.id]).toEqual([MOST_RUNS, 'run-1']);
  });
});
