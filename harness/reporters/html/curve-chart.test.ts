import { expect, test } from 'vitest';
import type { CurveReport } from '../../schema/run.ts';
import { emptyRun } from '../run.fixture.ts';
import { renderHtml } from './html.ts';

const curve = (arm: CurveReport['arm'], values: number[], change: Partial<CurveReport> = {}): CurveReport => ({
  check: 'acme-1004/growth',
  measure: 'page_blocks',
  unit: 'blocks',
  over: 'rows',
  arm,
  points: values.map((value, i) => ({ at: 100_000 * 10 ** i, p50: value, p95: value, samples: 1 })),
  ...change,
});

const figures = (...curves: CurveReport[]) =>
  [...renderHtml({ ...emptyRun(), curves }).matchAll(/<figure class="curve">[\s\S]*?<\/figure>/g)].map(([one]) => one);

/** Where the dots of an arm stand. */
const dots = (figure: string, arm: string) =>
  [...figure.matchAll(new RegExp(`<circle class="dot ${arm}" cx="([\\d.]+)" cy="([\\d.]+)"`, 'g'))].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);

test('what grows tenfold with each tenfold is a straight line, what does not grow a level one', () => {
  const [figure = ''] = figures(curve('baseline', [30, 300, 3_000]), curve('candidate', [4, 4, 4]));
  const steps = (arm: string) => {
    const [first, second, third] = dots(figure, arm) as [number[], number[], number[]];
    return [first, second].map((from, i) => {
      const to = [second, third][i] as number[];
      return [(to[0] as number) - (from[0] as number), (from[1] as number) - (to[1] as number)];
    });
  };
  const [before, after] = steps('baseline') as [number[], number[]];
  expect(before[0]).toBeCloseTo(after[0] as number, 0);
  expect(before[1]).toBeCloseTo(after[1] as number, 0);
  expect(before[1]).toBeGreaterThan(20);
  expect(steps('candidate').map(([, up]) => up)).toEqual([0, 0]);
});

test('the chart is told to those who do not see it, and its scales to those who do', () => {
  const { baseline, candidate } = emptyRun().provenance.arms;
  const [figure = ''] = figures(curve('baseline', [30, 3_000]), curve('candidate', [4, 5]));
  expect(figure).toContain(
    `<title>Median of page_blocks over rows, both scales logarithmic. ${baseline} (baseline): 30 blocks at 100,000, 3,000 blocks at 1,000,000 rows. ${candidate} (candidate): 4 blocks at 100,000, 5 blocks at 1,000,000 rows.</title>`,
  );
  const near = [100, 200].map((at) => ({ at, p50: 4, p95: 4, samples: 1 }));
  expect(figures(curve('candidate', [], { points: near }))[0]).toContain(`over rows. ${candidate}`);
});

test('the table has each place once, an arm a column, the spread where there are more samples than one', () => {
  const timed = curve('candidate', [], {
    measure: 'page_ms',
    unit: 'ms',
    points: [{ at: 100_000, p50: 0.4, p95: 0.8, samples: 101 }],
  });
  const [figure = ''] = figures({ ...timed, arm: 'baseline', points: [{ at: 10, p50: 7, p95: 7, samples: 1 }] }, timed);
  const rows = [...figure.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell),
  );
  const { baseline, candidate } = emptyRun().provenance.arms;
  expect(rows).toEqual([
    ['rows', baseline, candidate],
    ['10', '7 ms, 1 sample', '–'],
    ['100,000', '–', 'p50 400 µs, p95 800 µs, 101 samples'],
  ]);
  expect(figures(curve('candidate', [1_280]))[0]).toContain('>1,280 blocks</td>');
});

test('a count of 0 has a place, and values close together a linear scale', () => {
  const [figure = ''] = figures(curve('candidate', [0, 4, 900]));
  const [none, few, many] = dots(figure, 'candidate').map(([, y]) => y) as [number, number, number];
  expect(none).toBeGreaterThan(few + 10);
  expect(few).toBeGreaterThan(many + 10);
  expect(figures(curve('candidate', [40, 45, 50]))[0]).toContain('rows, logarithmic scale');
});

test('measures, units and checks have a chart each, and of more than 100 the rest are told', () => {
  expect(figures(curve('candidate', [1]), curve('candidate', [1], { over: 'users' }))).toHaveLength(2);
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => curve('candidate', [1], { check: `acme-1/check-${i}` }));
  expect(figures(...many(101))).toHaveLength(100);
  expect(renderHtml({ ...emptyRun(), curves: many(101) })).toContain('the first 100 of 101 curves');
  expect(renderHtml({ ...emptyRun(), curves: many(100) })).not.toContain('the first 100');
});

test('a run without a curve has no such part', () => {
  expect(renderHtml(emptyRun())).not.toContain('id="curves"');
});
