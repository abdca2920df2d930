import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import { at, finished, givenCheck, givenPromise, givenRun, redis, times, whatHappened } from './saved-run.fixture.ts';

/** The fix gate when each arm gave these values. */
function whenMeasured(baseline: number[], candidate: number[], changes: Parameters<typeof givenRun>[0] = {}) {
  const check = givenCheck();
  const entries = [
    redis,
    ...whatHappened(check, { arm: 'baseline', values: { away_ms: [baseline] } }),
    ...whatHappened(check, { arm: 'candidate', values: { away_ms: [candidate] } }),
    finished,
  ];
  const run = judge(givenRun({ entries, ...changes }));
  return run.gates.find((gate) => gate.id === 'acme-1/back');
}

describe('a fix', () => {
  test('passes when the baseline breaks the limit and the candidate keeps it', () => {
    expect(whenMeasured([60_000], times(30, 500))).toMatchObject({
      verdict: 'pass',
      discriminates: true,
      reason:
        '0 of 30 samples of away_ms over 30 s, limit ≤ 0 (95 % confident: at most 11.6 % of all would); v1.0.0: 1 of 1',
    });
  });

  test('reads as a count of its measure where the threshold is 0', () => {
    const check = givenCheck({ measures: { channels_missing: 'channels' } });
    const promises = [givenPromise({ measure: 'channels_missing', unit: 'channels', threshold: 0 })];
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', values: { channels_missing: [times(48, 1)] } }),
      ...whatHappened(check, { values: { channels_missing: [times(48, 0)] } }),
      finished,
    ];
    expect(judge(givenRun({ checks: [check], promises, entries })).gates[0]?.reason).toBe(
      '0 of 48 channels missing, limit ≤ 0 (95 % confident: at most 7.4 % of all would); v1.0.0: 48 of 48',
    );
  });

  test('is inconclusive when the baseline keeps the limit too, one millisecond from breaking it', () => {
    expect(whenMeasured(times(30, 30_000), times(30, 500))).toMatchObject({
      verdict: 'inconclusive',
      discriminates: false,
      reason: expect.stringContaining('the baseline does not break the limit, so no fix is shown'),
    });
    expect(whenMeasured(times(30, 30_001), times(30, 500))).toMatchObject({ verdict: 'pass' });
  });

  test('is no-data when the baseline gave no sample', () => {
    const gate = whenMeasured([], times(30, 500));
    expect(gate).toMatchObject({ verdict: 'no-data', baseline: { value: null, samples: 0 } });
    expect(gate).not.toHaveProperty('discriminates');
  });

  test('needs the least number of samples on the candidate only', () => {
    expect(whenMeasured([60_000], times(29, 500))).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('at least 30 samples are needed'),
    });
  });

  test('fails by one breach on the candidate, however few samples, and shows the baseline', () => {
    expect(whenMeasured([60_000], [30_001])).toMatchObject({
      verdict: 'fail',
      discriminates: true,
      baseline: { value: 1, samples: 1 },
    });
  });

  test('keeps the verdict of a marginal candidate', () => {
    const promises = [givenPromise({ statistic: 'p50', operator: '<', limit: 500 })];
    const candidate = [...times(20, 400), ...times(10, 600)];
    expect(whenMeasured(times(30, 900), candidate, { promises })).toMatchObject({
      verdict: 'marginal',
      discriminates: true,
      reason: 'p50 400 ms [400, 600] < 500 ms over 30 samples; the interval reaches past the limit; v1.0.0: 900 ms',
    });
  });

  test('is inconclusive when a marginal candidate stands beside a baseline that keeps the limit, no-data beside none', () => {
    const promises = [givenPromise({ statistic: 'p50', operator: '<', limit: 500 })];
    const candidate = [...times(20, 400), ...times(10, 600)];
    expect(whenMeasured(times(30, 400), candidate, { promises })).toMatchObject({
      verdict: 'inconclusive',
      discriminates: false,
    });
    expect(whenMeasured([], candidate, { promises })).toMatchObject({ verdict: 'no-data' });
  });

  test('is judged on the limit alone in an A/A run', () => {
    const arms = { baseline: 'v1.0.1', candidate: 'v1.0.1' };
    const gate = whenMeasured(times(30, 500), times(30, 500), { arms });
    expect(gate).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('A/A run: judged on the limit alone'),
      baseline: { value: 0, samples: 30 },
    });
    expect(gate).not.toHaveProperty('discriminates');
    expect(whenMeasured([60_000], [60_000], { arms })).toMatchObject({ verdict: 'fail' });
  });

  test('is an error when its check failed on the baseline; an absolute promise is not', () => {
    const check = givenCheck();
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', status: 'error', error: 'boom\n  at line 1' }),
      ...whatHappened(check, { values: { away_ms: [times(30, 500)] } }),
      finished,
    ];
    const promises = [givenPromise(), givenPromise({ id: 'acme-1/quick', kind: 'absolute' })];
    const { gates, checks } = judge(givenRun({ entries, promises }));
    expect(gates.map((gate) => [gate.id, gate.verdict])).toEqual([
      ['acme-1/back', 'error'],
      ['acme-1/drop/facts', 'pass'],
      ['acme-1/quick', 'pass'],
    ]);
    expect(gates[0]?.reason).toMatch(/^acme-1\/drop on the baseline ended with an error: boom; 0 of 30/);
    expect(checks[0]).toMatchObject({ status: 'error', error: 'baseline: boom\n  at line 1' });
  });

  test('a certain fail outlives an error elsewhere', () => {
    const check = givenCheck();
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', status: 'error', error: 'boom' }),
      ...whatHappened(check, { values: { away_ms: [[30_001]] } }),
      { ...finished, at: at(40) },
    ];
    expect(judge(givenRun({ entries })).gates[0]).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('besides: acme-1/drop on the baseline ended with an error: boom'),
    });
  });
});
