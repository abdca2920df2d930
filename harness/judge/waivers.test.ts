import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import { finished, givenCheck, givenPromise, givenRun, redis, times, whatHappened } from './saved-run.fixture.ts';

const check = givenCheck();
const waiver = { gate: 'acme-1/drop/facts', owner: 'Ada', reason: 'being mended', expires: '2025-12-31' };

/** The run began on 2025-12-31. */
const entriesWith = (facts: Record<string, boolean>) => [
  redis,
  ...whatHappened(check, { arm: 'baseline', values: { away_ms: [times(36, 60_000)] } }),
  ...whatHappened(check, { values: { away_ms: [times(36, 400)] }, facts }),
  finished,
];
const broken = (waivers: (typeof waiver)[]) => {
  const entries = entriesWith({ 'it came back': true, 'nothing was lost': false });
  return judge(givenRun({ entries, scope: { waivers } }));
};

describe('a gate that fails', () => {
  test('fails the run when nobody waives it', () => {
    expect(broken([]).verdict).toBe('fail');
  });

  test('keeps its verdict and leaves the run its own when it is waived, on the last day too', () => {
    const run = broken([waiver]);
    expect(run.verdict).toBe('pass');
    const gate = run.gates.find(({ id }) => id === waiver.gate);
    expect(gate).toMatchObject({ verdict: 'fail', waived: { owner: 'Ada', expires: '2025-12-31' } });
  });

  test.each([
    ['a day too late', { ...waiver, expires: '2025-12-30' }],
    ['of another gate', { ...waiver, gate: 'acme-1/back' }],
  ])('fails the run all the same with a waiver %s', (_, one) => {
    expect(broken([one]).verdict).toBe('fail');
  });
});

test('a fix cannot be waived', () => {
  const promises = [givenPromise({ minSamples: 10_000 })];
  const run = judge(givenRun({ promises, scope: { waivers: [{ ...waiver, gate: 'acme-1/back' }] } }));
  expect(run.verdict).toBe('no-data');
  expect(run.gates.every(({ waived }) => waived === undefined)).toBe(true);
});

test('a gate that passes is not waived, and one that is all there was does not make the run pass', () => {
  expect(judge(givenRun({ scope: { waivers: [waiver] } })).gates.some(({ waived }) => waived)).toBe(false);
  const entries = entriesWith({ 'it came back': true, 'nothing was lost': false });
  expect(judge(givenRun({ promises: [], checks: [check], entries, scope: { waivers: [waiver] } })).verdict).toBe(
    'no-data',
  );
});
