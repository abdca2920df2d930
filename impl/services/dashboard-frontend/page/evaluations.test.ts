import { describe, expect, test } from 'vitest';
import { type Evaluation, evaluationOf, KEPT_MAX, merge } from './evaluations.ts';
import { chartOf, SERIES_MAX } from './reward-series.ts';

/** The n-th evaluation there was. */
function evaluation(n: number, changes: Partial<Evaluation> = {}): Evaluation {
  const createdAt = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
  const common = { region: 'us-east-1', status: 'completed', reward: n, episodes: 1 } as const;
  return { id: String(n).padStart(4, '0'), agentId: 'alpha', createdAt, ...common, ...changes };
}

const evaluations = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => evaluation(from + index));
const ids = (list: readonly Evaluation[]) => list.map(({ id }) => Number(id));

describe('merging', () => {
  test('whatever the order they come in, each stands once and the newest first', () => {
    const held = merge([], [evaluation(2), evaluation(1), evaluation(2)]);
    expect(ids(merge(held, [evaluation(3), evaluation(1), evaluation(0)]))).toEqual([3, 2, 1, 0]);
  });

  test('nothing new is the same list, so that nothing is rendered', () => {
    const held = merge([], evaluations(1, 3));
    expect(merge(held, [evaluation(2)])).toBe(held);
  });

  test('the bound keeps the newest: an old one that comes late does not push one out', () => {
    expect(merge([], evaluations(1, KEPT_MAX))).toHaveLength(KEPT_MAX);
    const held = merge([], evaluations(1, KEPT_MAX + 1));
    expect(ids(held).at(-1)).toBe(2);
    expect(ids(merge(held, [evaluation(0)])).at(-1)).toBe(2);
    expect(ids(merge(held, [evaluation(KEPT_MAX + 2)])).at(-1)).toBe(3);
  });

  test('of the same moment, both stay, in one order', () => {
    const [a, b] = [evaluation(1), evaluation(2, { createdAt: evaluation(1).createdAt })];
    expect(ids(merge([a], [b]))).toEqual(ids(merge([b], [a])));
  });
});

test.each([
  ['what an event holds', {}, true],
  ['one that failed', { status: 'failed', reward: null }, true],
  ['no id', { id: undefined }, false],
  ['a status that is not known', { status: 'queued' }, false],
  ['a reward that is no number', { reward: '5' }, false],
] as const)('%s is taken for an evaluation: %j, %s', (_name, changes, isOne) => {
  expect(evaluationOf({ ...evaluation(1), ...changes }) !== undefined).toBe(isOne);
});

test.each([null, undefined, 'text', 7, []])('%j is no evaluation', (value) => {
  expect(evaluationOf(value)).toBeUndefined();
});

describe('the chart', () => {
  test('has a line an agent, the newest at its right end, and failed evaluations in none', () => {
    const { series, least, most } = chartOf([
      evaluation(4, { agentId: 'beta', reward: 10 }),
      evaluation(3, { reward: null, status: 'failed' }),
      evaluation(2, { reward: 30 }),
      evaluation(1, { reward: 20 }),
    ]);
    expect([least, most]).toEqual([10, 30]);
    expect(series).toEqual([
      {
        agentId: 'alpha',
        last: 30,
        mean: 25,
        points: [
          { x: 0, y: 0.5 },
          { x: 1, y: 1 },
        ],
      },
      { agentId: 'beta', last: 10, mean: 10, points: [{ x: 1, y: 0 }] },
    ]);
  });

  test('of one evaluation, and of equal ones, has no division by zero', () => {
    expect(chartOf([evaluation(1)]).series[0]?.points).toEqual([{ x: 1, y: 0 }]);
  });

  test('has no lines where there is nothing', () => {
    expect(chartOf([]).series).toEqual([]);
  });

  test('of more agents than can be told apart has those evaluated last', () => {
    const many = Array.from({ length: SERIES_MAX + 1 }, (_, n) => evaluation(9 - n, { agentId: `agent-${n}` }));
    const shown = chartOf(many).series.map(({ agentId }) => agentId);
    expect(shown).toHaveLength(SERIES_MAX);
    expect(shown).not.toContain(`agent-${SERIES_MAX}`);
  });
});
