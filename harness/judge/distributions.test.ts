import { describe, expect, test } from 'vitest';
import type { ReleasePromise } from '../schema/promise.ts';
import { runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import {
  finished,
  givenCheck,
  givenGuardrail,
  givenPromise,
  givenRun,
  redis,
  times,
  whatHappened,
} from './saved-run.fixture.ts';

const guardrail = givenGuardrail({ minPairs: 2 });
const absolute = givenPromise({
  id: 'acme-1/quick',
  kind: 'absolute',
  measure: 'latency_ms',
  statistic: 'p95',
  limit: 900,
});
const fix = givenPromise({ ...absolute, id: 'acme-1/fixed', kind: 'fix' });

/** A run whose check gives these values in each of its replicates; twice as slow on the baseline. */
function judged(promises: ReleasePromise[], values: number[], replicates = 1, least?: number, made = replicates) {
  const check = givenCheck({
    id: 'acme-1/load',
    replicates,
    ...(least === undefined ? {} : { leastReplicates: least }),
    measures: { latency_ms: 'ms', unjudged_ms: 'ms' },
  });
  const entries = times(made, 0).flatMap((_, replicate) =>
    [1, 2].flatMap((factor) =>
      whatHappened(check, {
        arm: factor === 2 ? 'baseline' : 'candidate',
        replicate,
        values: { latency_ms: [values.map((value) => factor * value)], unjudged_ms: [[1]] },
      }),
    ),
  );
  return judge(givenRun({ checks: [check], promises, entries: [redis, ...entries, finished] }));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => ((index * 7_919) % count) + 1);

describe('the distributions that a run keeps', () => {
  test.each([
    ['an absolute limit', absolute],
    ['a fix', fix],
    ['a guardrail', guardrail],
  ])('are of both arms for %s, of its measure alone', (_, promise) => {
    const run = judged([promise], upTo(1_000));
    expect(run.distributions.map(({ arm, measure, unit, samples }) => [arm, measure, unit, samples])).toEqual([
      ['baseline', 'latency_ms', 'ms', 1_000],
      ['candidate', 'latency_ms', 'ms', 1_000],
    ]);
    expect(runSchema.parse(run)).toEqual(run);
  });

  test('are kept once for all gates of a measure', () => {
    expect(judged([absolute, fix, guardrail], upTo(1_000)).distributions).toHaveLength(2);
  });

  test('hold each quantile with its band, open where the tail has too few samples', () => {
    const [baseline, candidate] = judged([absolute], upTo(1_000)).distributions;
    const of = (one: typeof candidate, percent: number) => one?.quantiles.find(([at]) => at === percent);
    // ±0.0802 at 2.5 % for each arm.
    expect(of(candidate, 50)).toEqual([50, 500, 420, 581]);
    expect(of(baseline, 50)).toEqual([50, 1_000, 840, 1_162]);
    expect(of(candidate, 5)).toEqual([5, 50, null, 131]);
    expect(of(candidate, 95)).toEqual([95, 950, 870, null]);
  });

  test('have no band about the middle with a handful of samples, but the samples', () => {
    const middle = judged([guardrail], [5], 7).distributions[1]?.quantiles.filter(([at]) => at >= 5 && at <= 95);
    expect(middle).toHaveLength(19);
    for (const [, ...seen] of middle ?? []) expect(seen).toEqual([5, null, null]);
  });

  test('have a wider band where the check was looked at before', () => {
    const widthOf = (least: number) => {
      const candidate = judged([absolute], upTo(2_000), 10, least).distributions[1];
      const median = candidate?.quantiles.find(([percent]) => percent === 50);
      return (median?.[3] as number) - (median?.[2] as number);
    };
    expect(widthOf(2)).toBeGreaterThan(widthOf(10));
  });

  test('have a wider band where samples resemble each other', () => {
    const check = givenCheck({ id: 'acme-1/load', replicates: 10, measures: { latency_ms: 'ms' } });
    const entries = times(10, 0).flatMap((_, replicate) =>
      (['baseline', 'candidate'] as const).flatMap((arm) =>
        whatHappened(check, { arm, replicate, values: { latency_ms: [times(200, replicate)] } }),
      ),
    );
    const run = judge(givenRun({ checks: [check], promises: [absolute], entries: [redis, ...entries, finished] }));
    expect(run.distributions[1]?.samples).toBe(2_000);
    expect(run.distributions[1]?.effective).toBeLessThan(20);
    expect(judged([absolute], upTo(200), 10).distributions[1]?.effective).toBeUndefined();
  });

  test('of more samples than can be seen are drawn from evenly spaced ones', () => {
    const candidate = judged([absolute], upTo(200_000)).distributions[1];
    expect(candidate?.samples).toBe(200_000);
    for (const [percent, value] of candidate?.quantiles ?? []) {
      expect(Math.abs(value / 200_000 - percent / 100)).toBeLessThan(0.002);
    }
    // 50,000 of them are drawn, and the band is theirs.
    expect(candidate?.effective).toBe(50_000);
  });

  test('of batches smaller than a step are drawn as evenly', () => {
    const check = givenCheck({ id: 'acme-1/load', measures: { latency_ms: 'ms' } });
    const blocks = Array.from({ length: 23_334 }, (_, block) => [3 * block, 3 * block + 1, 3 * block + 2]);
    const entries = whatHappened(check, { values: { latency_ms: blocks } });
    const run = judge(givenRun({ checks: [check], promises: [absolute], entries }));
    const [candidate] = run.distributions;
    expect(candidate?.samples).toBe(70_002);
    // One in two: 0, 2, 4, …
    expect(candidate?.quantiles.find(([percent]) => percent === 50)?.[1]).toBe(35_000);
    expect(candidate?.quantiles.every(([, value]) => value % 2 === 0)).toBe(true);
  });
});
