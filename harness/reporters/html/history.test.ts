import { describe, expect, test } from 'vitest';
import type { HistoryReport } from '../../schema/history.ts';
import type { Verdict } from '../../schema/verdict.ts';
import { gate, HOSTILE, passingRun } from '../run.fixture.ts';
import { renderHtml } from './html.ts';

const STARTED = '2026-01-01T00:00:00.000Z';

/** The history's part of the page of a run of one gate, after as many runs as there are values but one. */
function historyOf(values: (number | null)[], over: Partial<HistoryReport> = {}, changes: number[] = []): string {
  const one = gate({ id: 'acme-1/fast', statistic: 'p95', unit: 'ms', limit: 100 });
  const verdicts = values.map((value): Verdict | null => (value === null ? null : 'pass'));
  const history: HistoryReport = {
    runs: values.slice(1).map((_, at) => ({ id: `run-${at}`, startedAt: STARTED, commit: null })),
    new: [],
    fixed: [],
    flaky: [],
    gates: { [one.id]: { verdicts, values, changes } },
    ...over,
  };
  const page = renderHtml({ ...passingRun(), gates: [one], history });
  return page.match(/<section aria-labelledby="history">[\s\S]*?<\/section>/)?.[0] ?? '';
}
const points = (part: string) =>
  (part.match(/points="([^"]*)"/)?.[1] ?? '').split(' ').map((point) => point.split(',').map(Number));

describe('the history on the page', () => {
  test("draws each value in its run's place, the highest on top, and leaves out what was not judged", () => {
    const [first, second, third] = points(historyOf([1, null, 9, 5])) as [number[], number[], number[]];
    const [x1, y1] = first as [number, number];
    const [x2, y2] = second as [number, number];
    const [x3, y3] = third as [number, number];
    expect((x2 - x1) / (x3 - x2)).toBeCloseTo(2, 1);
    expect((y1 - y3) / (y3 - y2)).toBeCloseTo(1, 1);
    expect(y1).toBeGreaterThan(y2);
  });

  test('marks a change before the value that begins it, and names its run', () => {
    const part = historyOf([1, 1, 9, 9], {}, [2]);
    const [, before, begins] = points(part) as number[][];
    const mark = Number(part.match(/<line x1="([^"]*)"/)?.[1]);
    expect(mark).toBeGreaterThan(before?.[0] as number);
    expect(mark).toBeLessThan(begins?.[0] as number);
    expect(part).toContain('<div>run-2</div>');
    expect(part).toContain('aria-label="4 values from 1 ms to 9 ms, 1 change"');
    expect(historyOf([1, 1, 1, 9], {}, [3])).toContain('<div>this run</div>');
  });

  test('draws values that are all the same, and no line through fewer than 2', () => {
    expect(
      points(historyOf([5, 5]))
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
    expect(historyOf([null, 5])).not.toContain('<svg');
  });

  test.each([
    ['new', 'New since the last run'],
    ['fixed', 'Fixed since the last run'],
    ['flaky', 'Flaky: both outcomes on this commit'],
  ] as const)('names what is %s, and says nothing of it where there is nothing', (what, words) => {
    expect(historyOf([1, 2], { [what]: ['acme-1/fast'] })).toMatch(new RegExp(`${words}:</b>.*acme-1/fast`));
    expect(historyOf([1, 2])).not.toContain(words);
  });

  test('is not there where there was no run before', () => {
    expect(historyOf([1])).toBe('');
  });

  test('keeps hostile names of earlier runs text', () => {
    const part = historyOf([1, 2], { runs: [{ id: HOSTILE, startedAt: STARTED, commit: HOSTILE }] }, [1]);
    expect(part).toContain('&lt;img src=x');
    expect(part).not.toContain('<img');
    expect(part).not.toContain('\u001b');
  });
});
