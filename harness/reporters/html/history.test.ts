import { describe, expect, test } from 'vitest';
import type { HistoryReport } from '../../schema/history.ts';
import type { Verdict } from '../../schema/verdict.ts';
import { bigRun, gate, HOSTILE, passingRun } from '../run.fixture.ts';
import { renderHtml } from './html.ts';

const STARTED = '2026-01-01T00:00:00.000Z';

/** The history's part of the page of a run of one gate, after as many runs as there are values but one. */
function historyOf(values: (number | null)[], over: Partial<HistoryReport> = {}, changes: number[] = []): string {
  return sectionOf(pageOf(values, over, changes));
}

const sectionOf = (page: string) => page.match(/<section aria-labelledby="history">[\s\S]*?<\/section>/)?.[0] ?? '';
/** What stands in the gate's own detail. */
const detailOf = (page: string) => page.match(/<details class="gate"[\s\S]*?<\/details>/)?.[0] ?? '';

function pageOf(values: (number | null)[], over: Partial<HistoryReport> = {}, changes: number[] = []): string {
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
  return renderHtml({ ...passingRun(), gates: [one], history });
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

describe("a gate's own history", () => {
  const gates = (verdicts: (Verdict | null)[]) => ({
    gates: { 'acme-1/fast': { verdicts, values: verdicts.map((_, at) => 10 * at), changes: [] } },
  });
  const text = (part: string) => part.replace(/<[^>]+>/g, '');

  test('tells its verdicts as stretches, what was not judged too', () => {
    const detail = detailOf(pageOf([0, 10, 20, 30, 40], gates(['pass', 'pass', 'fail', null, 'pass'])));
    expect(text(detail)).toContain('✓ pass × 2, ✗ fail × 1, not judged × 1, ✓ pass × 1');
  });

  test.each([
    [12, '✓ pass × 1, ✗ fail × 1, '],
    [13, '1 turn before, ✗ fail × 1, '],
  ])('of %i stretches begins with "%s"', (stretches, begin) => {
    const verdicts = Array.from({ length: stretches }, (_, at): Verdict => (at % 2 === 0 ? 'pass' : 'fail'));
    const detail = text(detailOf(pageOf(verdicts.map(Number), gates(verdicts))));
    expect(detail).toContain(`In each run${begin}`);
  });

  test('draws a point a run with the limit, the changes and what was judged then, and names the runs that changed', () => {
    const detail = detailOf(
      pageOf([10, 10, 120, null, 110], {
        gates: {
          'acme-1/fast': {
            verdicts: ['pass', 'pass', 'fail', null, 'fail'],
            values: [10, 10, 120, null, 110],
            changes: [2],
          },
        },
      }),
    );
    const drawing = detail.match(/<svg[^>]*><title>4 values from[\s\S]*?<\/svg>/)?.[0] ?? '';
    expect(drawing).toContain('4 values from 10 ms to 120 ms, the last 110 ms; limit ≤ 100 ms; 1 change');
    const line = points(drawing) as [number, number][];
    expect(line).toHaveLength(4);
    const [, second, third] = line as [[number, number], [number, number], [number, number]];
    const limit = Number(drawing.match(/class="limit" d="M\d+ ([\d.]+)H/)?.[1]);
    expect(third[1]).toBeLessThan(limit);
    expect(second[1]).toBeGreaterThan(limit);
    const turn = Number(drawing.match(/class="turn" d="M([\d.]+) /)?.[1]);
    expect(turn).toBeCloseTo((second[0] + third[0]) / 2, 0);
    const dots = (verdict: Verdict) =>
      drawing.match(new RegExp(`dots v-${verdict}" d="([^"]*)"`))?.[1]?.split('M').length;
    expect([dots('pass'), dots('fail')]).toEqual([3, 3]);
    expect(text(detail)).toContain('Changed inrun-2');
  });

  test('is not drawn of a single value, nor told where no run came before', () => {
    expect(detailOf(pageOf([null, 10]))).not.toContain('Measured in each run');
    expect(text(detailOf(pageOf([10])))).not.toContain('In each run');
  });

  test('keeps hostile names of earlier runs text', () => {
    const detail = detailOf(
      pageOf(
        [1, 2],
        {
          runs: [
            { id: 'a', startedAt: STARTED, commit: null },
            { id: HOSTILE, startedAt: STARTED, commit: HOSTILE },
          ],
        },
        [1],
      ),
    );
    expect(detail).toContain('&lt;img src=x');
    expect(detail).not.toContain('<img');
  });
});

describe('the table of the history', () => {
  test('shows what turned or changed at once, and folds what did neither', () => {
    const steady = historyOf([1, 2]);
    expect(steady).toMatch(/<details class="steady">.*1 gate with one verdict and no change[\s\S]*acme-1\/fast/);
    expect(historyOf([1, 2], {}, [1])).not.toContain('<details');
    expect(
      historyOf([1, 2], { gates: { 'acme-1/fast': { verdicts: ['pass', 'fail'], values: [1, 2], changes: [] } } }),
    ).not.toContain('<details');
  });

  test('of 2,000 gates over 50 runs the page stays under 5 MiB, and counts what it does not show', () => {
    const run = bigRun();
    const turns: Verdict[] = Array.from({ length: 51 }, (_, at) => (at % 2 === 0 ? 'pass' : 'fail'));
    const history: HistoryReport = {
      runs: turns.slice(1).map((_, at) => ({ id: `run-${at}`, startedAt: STARTED, commit: null })),
      new: [],
      fixed: [],
      flaky: [],
      gates: Object.fromEntries(
        run.gates.map(({ id }, at) => [
          id,
          {
            verdicts: at < 201 ? turns : turns.map((): Verdict => 'pass'),
            values: turns.map((_, i) => 1234.5 + i * at),
            changes: [],
          },
        ]),
      ),
    };
    const page = renderHtml({ ...run, history });
    expect(Buffer.byteLength(page)).toBeLessThan(5 * 1024 * 1024);
    expect(sectionOf(page)).toContain('1 more gate turned or changed');
    expect(sectionOf(page)).toContain('1,799 gates with one verdict and no change.');
  });
});
