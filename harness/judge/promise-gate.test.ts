/** The gate of a promise with a limit, word for word. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import type { LimitPromise } from '../schema/promise.ts';
import { judge } from './judge.ts';
import { finished, givenCheck, givenPromise, givenRun, redis, times, whatHappened } from './saved-run.fixture.ts';

const check = givenCheck({ facts: [] });
const p95: LimitPromise = givenPromise({
  kind: 'absolute',
  statistic: 'p95',
  operator: '<',
  limit: 200,
  minSamples: 5,
});
const both = (baseline: number[][], candidate: number[][]) => [
  ...whatHappened(check, { arm: 'baseline', values: { away_ms: baseline } }),
  ...whatHappened(check, { values: { away_ms: candidate } }),
];
const gateOf = (promise: LimitPromise, entries: Entry[], changes: Parameters<typeof givenRun>[0] = {}) =>
  judge(
    givenRun({ checks: [check], promises: [promise], entries: [redis, ...entries, finished], ...changes }),
  ).gates.find(({ id }) => id === promise.id);

test('is told whole', () => {
  expect(gateOf(p95, both([times(100, 300)], [times(100, 100)]))).toEqual({
    id: 'acme-1/back',
    suite: 'acme-1',
    ticket: 'ACME-1',
    kind: 'absolute',
    says: 'Every client is back within 30 s',
    measure: 'away_ms',
    statistic: 'p95',
    operator: '<',
    limit: 200,
    unit: 'ms',
    verdict: 'pass',
    reason: 'p95 100 ms [100, 100] < 200 ms over 100 samples; v1.0.0: 300 ms',
    candidate: { value: 100, low: 100, high: 100, samples: 100 },
    baseline: { value: 300, low: 300, high: 300, samples: 100 },
    checks: ['acme-1/drop'],
    rerun: 'npm run regression -- --seed 7 --profile smoke --check acme-1/drop',
  });
});

test('carries its threshold where it has one, and no ticket where it has none', () => {
  const share = givenPromise({ kind: 'absolute', statistic: 'share-above', operator: '<', limit: 0.5, threshold: 150 });
  delete share.ticket;
  const gate = gateOf(share, both([times(40, 100)], [times(40, 100)]));
  expect(gate).toMatchObject({ threshold: 150, verdict: 'pass' });
  expect(gate).not.toHaveProperty('ticket');
});

describe('with something in the way', () => {
  const spoilt = [...both([times(100, 100)], [times(100, 900)]), { ...finished, type: 'run-ended' as const }].filter(
    (entry) => !(entry.type === 'check-ended' && entry.arm === 'candidate'),
  );

  test('says that first', () => {
    const gate = gateOf(
      p95,
      both([times(100, 100)], [times(100, 100)]).filter(
        (entry) => !(entry.type === 'check-ended' && entry.arm === 'candidate'),
      ),
    );
    expect(gate?.reason).toMatch(/^acme-1\/drop on the candidate did not finish; p95 100 ms/);
  });

  test('says it after a breach that nothing can undo', () => {
    const most = givenPromise({ kind: 'absolute', statistic: 'max', operator: '<', limit: 200, minSamples: 1 });
    const gate = gateOf(most, spoilt);
    expect(gate?.verdict).toBe('fail');
    expect(gate?.reason).toMatch(/^max 900 ms.*; besides: acme-1\/drop on the candidate did not finish$/);
  });
});

test('in an A/A run has no other release beside it', () => {
  const arms = { baseline: 'v2', candidate: 'v2' };
  expect(gateOf(p95, both([times(100, 100)], [times(100, 100)]), { arms })?.reason).toBe(
    'p95 100 ms [100, 100] < 200 ms over 100 samples',
  );
  expect(gateOf({ ...p95, kind: 'fix' }, both([times(100, 100)], [times(100, 100)]), { arms })?.reason).toBe(
    'p95 100 ms [100, 100] < 200 ms over 100 samples; A/A run: judged on the limit alone',
  );
});

test('of a fix without its baseline says what is missing', () => {
  const gate = gateOf({ ...p95, kind: 'fix' }, both([], [times(100, 100)]));
  expect(gate?.verdict).toBe('no-data');
  expect(gate?.reason).toContain('; v1.0.0: no samples; without the baseline no fix is shown');
});

test('says by what timings were divided, each once, the smallest first', () => {
  const factors = [16, 8, 1, 8];
  const entries = both([times(5, 1)], [times(30, 1), times(30, 1), times(30, 1), times(30, 1)]).map((entry) =>
    entry.type === 'observation' && entry.arm === 'candidate'
      ? { ...entry, factor: factors[entry.block] as number }
      : entry,
  );
  expect(gateOf(p95, entries)?.reason).toMatch(/; timings were divided by 8, 16$/);
});

test('without a threshold for what needs one is an error', () => {
  const { threshold: _, ...without } = givenPromise({ kind: 'absolute' });
  expect(gateOf(without, both([times(30, 1)], [times(30, 1)]))).toMatchObject({
    verdict: 'error',
    reason: expect.stringContaining('the promise has the statistic count-above and no threshold'),
  });
});

test('is not fed by an arm on which nobody measures', () => {
  const alone = givenCheck({ facts: [], arms: ['baseline'] });
  const entries = whatHappened(alone, { arm: 'baseline', values: { away_ms: [times(30, 1)] } });
  expect(gateOf(p95, entries, { checks: [alone] })).toMatchObject({
    verdict: 'no-data',
    reason: expect.stringMatching(/^no planned check measures away_ms on the candidate; no samples of away_ms, limit/),
  });
});
