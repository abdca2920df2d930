/** A waived gate in every report: out of the way, never green, and with the name of who answers for it. */
import { validate } from 'ctrf';
import { expect, it } from 'vitest';
import type { Run } from '../schema/run.ts';
import { renderAnnotations } from './annotations.ts';
import { renderBadge } from './badge.ts';
import { renderCtrf } from './ctrf.ts';
import { renderHtml } from './html/html.ts';
import { renderJunit } from './junit.ts';
import * as runs from './run.fixture.ts';
import { renderSummary } from './summary.ts';
import { renderTerminal } from './terminal.ts';

const waived = { owner: 'Ada', reason: 'mended in <b>v3</b>', expires: '2026-12-31' };
const run: Run = {
  ...runs.passingRun(),
  gates: [runs.gate(), runs.gate({ id: 'acme-1001/let-go', verdict: 'fail', reason: '5 > 3', waived })],
};

it('on the terminal', () => {
  const text = renderTerminal(run, { color: false, reportPath: 'report.html' });
  expect(text).toContain('PASS (1 waived) · v1.0.1 passes 1 of 2 gates, the others are waived.');
  expect(text).toContain('· fail acme-1001/let-go waived until 2026-12-31 by Ada: mended in <b>v3</b>');
  expect(text).not.toContain('rerun');
});

it('in the summary of a job', () => {
  const text = renderSummary(run);
  expect(text).toContain('# ✓ PASS (1 waived): ');
  expect(text).toContain('waived until 2026-12-31 by Ada: mended in &lt;b&gt;v3&lt;/b&gt;');
  expect(text).not.toContain('## Failed');
});

it('on the page', () => {
  const page = renderHtml(run);
  expect(page).toContain('PASS (1 waived)');
  expect(page).toMatch(/id="waived"[\s\S]*5 &gt; 3|id="waived"[\s\S]*5 > 3/);
  expect(page).toContain('mended in &lt;b>v3&lt;/b>');
});

it('in JUnit as skipped', () => {
  expect(renderJunit(run)).toMatch(
    /let-go"[^>]*>\s*<skipped\/>\s*<system-out><!\[CDATA\[fail, waived until 2026-12-31 by Ada/,
  );
});

it('in CTRF as skipped, with its verdict', () => {
  const report = JSON.parse(renderCtrf(run)) as { results: { summary: object; tests: object[] } };
  expect(validate(report)).toMatchObject({ valid: true });
  expect(report.results.summary).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
  expect(report.results.tests[1]).toMatchObject({ status: 'skipped', rawStatus: 'fail' });
});

it('in no annotation, and on the badge as a number', () => {
  expect(renderAnnotations(run)).toBe('');
  expect(JSON.parse(renderBadge(run))).toMatchObject({
    color: 'brightgreen',
    message: expect.stringContaining('1 waived'),
  });
});
