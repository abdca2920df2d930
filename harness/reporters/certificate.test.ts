import { expect, test } from 'vitest';
import type { Certificate } from '../schema/certificate.ts';
import { renderHtml } from './html/html.ts';
import { passingRun } from './run.fixture.ts';
import { renderSummary } from './summary.ts';

const certificate: Certificate = {
  schemaVersion: 1,
  commit: 'abc',
  dirty: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  quick: false,
  seed: 7,
  met: false,
  figures: [
    { promise: 'power', of: 'a <b> regression', required: '>= 95 %', measured: '99.0 %', met: true },
    { promise: 'fast', of: 'ten million', required: '<= 2 s', measured: '3 s', met: false },
    { promise: 'false alarms, beside', of: 'a plain threshold', required: '', measured: '31 %' },
  ],
};
const certified = { ...passingRun(), certificate };

test('the page has the certificate: each figure with what was required and whether it is met, and what simpler rules do', () => {
  const page = renderHtml(certified);
  expect(page).toContain('1 of 2 figures met');
  expect(page).toMatch(/a &lt;b> regression.*99\.0 %.*>= 95 %.*✓<\/i>met.*ten million.*✗<\/i>missed/s);
  const beside = page.slice(page.indexOf('a plain threshold'));
  expect(beside.slice(0, beside.indexOf('</tr>'))).toMatch(/31 %((?!badge).)*$/s);
  expect(page).not.toContain('rough');
});

test('figures of few simulations are called rough', () => {
  const page = renderHtml({ ...certified, certificate: { ...certificate, quick: true } });
  expect(page).toContain('rough');
  expect(page).toContain('--quick');
});

test('the summary has a line for each figure', () => {
  const summary = renderSummary(certified);
  expect(summary).toContain('- ✓ power: 99.0 % (required: &gt;= 95 %): a &lt;b&gt; regression');
  expect(summary).toContain('- ✗ fast: 3 s');
  expect(summary).toContain('- false alarms, beside: 31 %: a plain threshold');
});

test('a run whose judge was not certified says nothing of it', () => {
  expect(renderHtml(passingRun())).not.toContain('id="certificate"');
  expect(renderSummary(passingRun())).not.toContain('certificate');
});
