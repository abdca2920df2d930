import { expect, test } from 'vitest';
import { renderHtml } from './html/html.ts';
import { renderJunit } from './junit.ts';
import { emptyRun, guardrailGate } from './run.fixture.ts';
import { renderSummary } from './summary.ts';
import { renderTerminal } from './terminal.ts';

const guardrail = guardrailGate();
const run = { ...emptyRun(), verdict: 'fail' as const, gates: [{ ...guardrail, verdict: 'fail' as const }] };

test('the terminal tells a guardrail by its change and what is let pass', () => {
  expect(renderTerminal(run, { color: false, reportPath: 'r' })).toMatch(/✗ no-slower +p95 \+1\.2 % \(≤ \+5 %\)\n/);
});

test('the page tells its interval, its pairs, what would have been called, and how it was judged', () => {
  const page = renderHtml(run);
  for (const text of [
    'p95 +1.2 %',
    '[-1.9 %, +4.4 %]',
    '<small>pairs</small>',
    '+12.1 %',
    'p95 of evaluation_ms ≤ +5 % (guardrail',
  ])
    expect(page).toContain(text);
});

test('the summary tells its change, and JUnit fails with its reason', () => {
  expect(renderSummary(run)).toContain('| p95 +1.2 %<br>\\[-1.9 %, +4.4 %\\] | ≤ +5 % |');
  expect(renderJunit(run)).toMatch(/<failure[^>]* message="[^"]*p95 of evaluation_ms \+1\.2 %/);
});
