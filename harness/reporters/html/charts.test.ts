import { describe, expect, test } from 'vitest';
import type { DistributionReport, Gate, LooksReport, Run } from '../../schema/run.ts';
import { bigRun, emptyRun, gate, guardrailGate } from '../run.fixture.ts';
import { renderHtml } from './html.ts';

const QUANTILES = [1, 5, 25, 50, 75, 95, 99];

const spread = (arm: DistributionReport['arm'], by: number, open = 0): DistributionReport => ({
  suite: 'acme-1005',
  measure: 'evaluation_ms',
  unit: 'ms',
  arm,
  samples: 3_200,
  quantiles: QUANTILES.map((percent) => {
    const value = by * percent;
    return [percent, value, percent <= open ? null : 0.9 * value, percent >= 100 - open ? null : 1.1 * value];
  }),
});

const looks: LooksReport = {
  most: 32,
  called: { verdict: 'fail', pairs: 3, samples: 300 },
  sequence: [
    { pairs: 1, verdict: 'inconclusive', fail: 0.4, pass: 0.1 },
    { pairs: 2, verdict: 'inconclusive', fail: 0.7, pass: 0.1 },
    { pairs: 3, verdict: 'fail', fail: 1, pass: 0.1 },
  ],
};

function pageOf(changes: Partial<Gate>, distributions = [spread('baseline', 1), spread('candidate', 2)]): string {
  const run: Run = { ...emptyRun(), gates: [{ ...guardrailGate(), ...changes }], distributions };
  return renderHtml(run);
}

/** The drawings with this in their title. */
const drawings = (page: string, titled: string) =>
  [...page.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => svg).filter((svg) => svg.includes(titled));

const absolute: Partial<Gate> = { kind: 'absolute', operator: '<', limit: 150 };

test('both arms are drawn with their bands, and told to those who do not see them', () => {
  const [drawing = ''] = drawings(pageOf(absolute), 'How evaluation_ms is spread');
  const { baseline, candidate } = emptyRun().provenance.arms;
  expect(drawing).toContain(
    `${candidate}: a twentieth up to 10 ms, half up to 100 ms, 95 % up to 190 ms; ${baseline}: a twentieth up to 5 ms, half up to 50 ms, 95 % up to 95 ms. Drawn besides: limit: p95 &lt; 150 ms.`,
  );
  expect(drawing.match(/<path class="band (candidate|baseline)" d="M[^"]+Z"/g)).toHaveLength(2);
  expect(drawing).toContain(`${candidate}, 3,200 samples`);
});

test('a band is drawn only where it is bounded on both sides', () => {
  const band = (open: number) => {
    const [drawing = ''] = drawings(pageOf(absolute, [spread('candidate', 1, open)]), 'is spread');
    return drawing.match(/class="band candidate" d="([^"]*)"/)?.[1];
  };
  expect(band(0)?.match(/[ML]/g)).toHaveLength(2 * QUANTILES.length);
  expect(band(5)?.match(/[ML]/g)).toHaveLength(2 * (QUANTILES.length - 4));
  expect(band(60)).toBeUndefined();
});

test('the limit stands at the threshold of a count, and of a guardrail as far from the baseline as is let pass', () => {
  const titleOf = (changes: Partial<Gate>) =>
    drawings(pageOf(changes), 'is spread')[0]?.match(/Drawn besides: [^<]*/)?.[0];
  expect(titleOf({ ...absolute, statistic: 'share-above', threshold: 60, limit: 0.05 })).toBe(
    'Drawn besides: over 60 ms: &lt; 5 %. Logarithmic scale.',
  );
  expect(titleOf({})).toBe('Drawn besides: limit: p95 of the baseline ≤ +5 %. Logarithmic scale.');
});

test('the line of a guardrail stands apart from the baseline by the tolerance', () => {
  const at = (tolerance: number) => {
    const [drawing = ''] = drawings(pageOf({ limit: tolerance, tolerance }), 'is spread');
    return Number(drawing.match(/<path class="limit" d="M([\d.]+) /)?.[1]);
  };
  expect(at(0.5)).toBeGreaterThan(at(0.05) + 10);
});

test('only gates of the same suite and measure share the samples', () => {
  expect(drawings(pageOf({ ...absolute, measure: 'other_ms' }), 'is spread')).toEqual([]);
  expect(drawings(pageOf({ ...absolute, suite: 'acme-9' }), 'is spread')).toEqual([]);
});

test('the looks are drawn with the call, its pair and its samples', () => {
  const page = pageOf({ ...absolute, looks });
  const [drawing = ''] = drawings(page, 'The evidence after each of 3 pairs.');
  expect(drawing).toContain('fail called after pair 3 of 32 (300 samples)');
  expect(drawing).toMatch(/class="called towards-fail"/);
  expect(drawing.match(/<circle/g)).toHaveLength(3);
  expect(page.match(/fail called after pair 3 of 32 \(300 samples\)/g)).toHaveLength(3);
});

test('looks without a call say who decided', () => {
  const uncalled = (most: number) => pageOf({ looks: { ...looks, most, called: null } });
  expect(uncalled(32)).toContain('not called in 3 looks, of at most 32');
  expect(uncalled(3)).toContain('not called in 3 looks: judged by all that the budget allows');
  expect(uncalled(3)).not.toContain('class="called');
});

test('a guardrail shows its noise floor and what would be called beside its change', () => {
  const page = pageOf({ noiseFloor: 0.07 });
  const [drawing = ''] = drawings(page, 'Limit ≤ +5 %');
  expect(drawing).toContain('Noise floor +7 %. Called from +12.1 % on.');
  expect(drawing).toMatch(/<rect class="floor"/);
  expect(drawing).toMatch(/<path class="detectable"/);
  expect(pageOf({ noiseFloor: null })).toContain('not known with so few pairs');
});

test('a run of 2,000 gates draws samples and looks for the 200 worst that do not pass, and stays under 5 MiB', () => {
  const big = bigRun();
  const gates = big.gates.map((gate) =>
    gate.kind === 'facts' ? gate : { ...gate, suite: 'acme-1005', measure: 'evaluation_ms', unit: 'ms', looks },
  );
  const failing = gates.map((gate) => ({ ...gate, verdict: 'fail' as const }));
  const distributions = [spread('baseline', 1), spread('candidate', 2)];
  const page = renderHtml({ ...big, gates, distributions });
  expect(Buffer.byteLength(page)).toBeLessThan(5 * 2 ** 20);
  expect(page).toContain('samples and looks are drawn for 200: the worst that do not pass,');
  const all = drawings(renderHtml({ ...big, gates: failing, distributions }), 'The evidence after');
  expect(all.length).toBeGreaterThan(0);
  expect(all.length).toBeLessThanOrEqual(200);
});

describe('in a run of more gates than have charts', () => {
  /** 201 gates in pairs of the same measure, each with samples; the last one fails. */
  const gates = Array.from({ length: 201 }, (_, i) =>
    gate({
      ...absolute,
      id: `acme-1/gate-${i}`,
      suite: 'acme-1',
      measure: `m${Math.floor(i / 2)}_ms`,
      verdict: i === 200 ? 'fail' : 'pass',
    }),
  );
  const distributions = Array.from({ length: 101 }, (_, i) => ({
    ...spread('candidate', 1),
    suite: 'acme-1',
    measure: `m${i}_ms`,
  }));
  const page = renderHtml({ ...bigRun(), gates, distributions });
  const detailOf = (id: number) =>
    page.match(new RegExp(`<details class="gate" id="acme-1/gate-${id}"[\\s\\S]*?</details>`))?.[0] ?? '';

  test('those that fail are drawn, and those that pass once for each measure; the others lead there', () => {
    expect(detailOf(200)).toContain('is spread');
    expect(detailOf(0)).toContain('is spread');
    expect(detailOf(0)).not.toContain('drawn at');
    expect(detailOf(1)).not.toContain('is spread');
    expect(detailOf(1)).toContain('drawn at <a href="#acme-1%2Fgate-0">acme-1/gate-0</a>');
  });

  test('no more are drawn than are said to be', () => {
    const many = gates.map((one, i) => ({ ...one, measure: `n${i}_ms` }));
    const spreads = many.map(({ measure }) => ({ ...spread('candidate', 1), suite: 'acme-1', measure }));
    expect(drawings(renderHtml({ ...bigRun(), gates: many, distributions: spreads }), 'is spread')).toHaveLength(200);
  });

  test('where no samples are kept none are promised', () => {
    const bare = renderHtml({ ...bigRun(), gates, distributions: [] });
    expect(bare).not.toContain('drawn at');
  });
});
