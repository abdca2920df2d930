import { expect, test } from 'vitest';
import type { MutantReport } from '../schema/mutant.ts';
import { renderHtml } from './html/html.ts';
import { passingRun } from './run.fixture.ts';
import { renderSummary } from './summary.ts';

const caught: MutantReport = {
  id: 'acme-1001/waits-for-ever',
  source: 'owner/repository#7',
  says: 'It waits <for ever>',
  caught: true,
  caughtBy: ['acme-1001/reconnects'],
  verdicts: { 'acme-1001/reconnects': 'fail' },
  duration_ms: 12_000,
  rerun: 'npm run regression -- --mutant acme-1001/waits-for-ever',
};
const survivor: MutantReport = { ...caught, id: 'acme-1001/survives', caught: false, caughtBy: [], rerun: 'again' };

test('the page has the matrix: each fault, its source, and the gates that caught it or the command that shows it', () => {
  const page = renderHtml({ ...passingRun(), mutants: [caught, survivor] });
  for (const text of ['1 of 2 mutants caught', 'It waits &lt;for ever>', 'owner/repository#7', 'not caught', '>again<'])
    expect(page).toContain(text);
  expect(page).toContain('<code>acme-1001/reconnects</code>');
});

test('each ticket has its mutants beside the gates that were judged, and a gate that was not stays empty', () => {
  const other = { ...survivor, verdicts: { 'acme-1001/stays': 'pass' } };
  const page = renderHtml({ ...passingRun(), mutants: [caught, other] });
  const [matrix = ''] = page.match(/<details class="matrix">[\s\S]*?<\/details>/) ?? [];
  expect(matrix.replace(/<[^>]*>/g, ' ')).toMatch(/acme-1001 +2 mutants by 2 gates\s+Mutant +reconnects +stays\s/);
  const rows = [...matrix.matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) => row.match(/<td>.*?<\/td>/gs));
  const shown = rows.map((row) => row?.map((cell) => cell.match(/aria-label="(\w+)"/)?.[1]));
  expect(shown).toEqual([
    ['fail', undefined],
    [undefined, 'pass'],
  ]);
});

test('the summary has a line for each', () => {
  const summary = renderSummary({ ...passingRun(), mutants: [caught, survivor] });
  expect(summary).toContain(
    '<code>acme-1001/waits-for-ever</code>: It waits &lt;for ever&gt;: <code>acme-1001/reconnects</code>',
  );
  expect(summary).toContain('**not caught**');
});

test('a run without a proof says nothing of mutants', () => {
  expect(renderHtml(passingRun())).not.toContain('Planted faults');
  expect(renderSummary(passingRun())).not.toContain('Planted faults');
});
