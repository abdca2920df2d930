/** What a guardrail's gate says in each case, word for word, and which lines feed it. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import type { Guardrail } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { judgeGuardrail } from './guardrail.ts';
import { changeOf, detectable } from './guardrail-estimate.ts';
import { measuredChange } from './guardrail-reason.ts';
import { judge } from './judge.ts';
import { finished, givenCheck, givenGuardrail, givenRun, redis, times, whatHappened } from './saved-run.fixture.ts';

const load = givenCheck({
  id: 'acme-1/load',
  lane: 'timing',
  replicates: 12,
  facts: [],
  measures: { latency_ms: 'ms' },
});

/** Each replicate at 100 on the baseline and at `candidate` on the candidate; none where it is undefined. */
function lines(candidate: (replicate: number) => number | undefined, check: PlannedCheck = load): Entry[] {
  return Array.from({ length: check.replicates }, (_, replicate) => {
    const value = candidate(replicate);
    return [
      ...whatHappened(check, { arm: 'baseline', replicate, values: { latency_ms: [[100]] } }),
      ...whatHappened(check, { replicate, values: { latency_ms: value === undefined ? [] : [[value]] } }),
    ];
  }).flat();
}

function gateOf(entries: Entry[], promise: Guardrail = givenGuardrail(), checks: PlannedCheck[] = [load]) {
  const run = judge(givenRun({ checks, promises: [promise], entries: [redis, ...entries, finished] }));
  return run.gates.find(({ id }) => id === promise.id);
}

describe('the gate of a guardrail', () => {
  test('is told whole', () => {
    expect(gateOf(lines(() => 100))).toEqual({
      id: 'acme-1/no-slower',
      suite: 'acme-1',
      ticket: 'ACME-1',
      kind: 'guardrail',
      says: 'The p95 is no more than 5 % slower',
      measure: 'latency_ms',
      statistic: 'p95',
      operator: '<=',
      limit: 0.05,
      tolerance: 0.05,
      minimumDetectable: expect.closeTo(0.05, 9),
      noiseFloor: 0,
      unit: 'ms',
      verdict: 'pass',
      reason:
        'p95 of latency_ms 0 % [0, 0] against v1.0.0, limit ≤ +5 %, over 12 pairs; medians 100 ms and v1.0.0: 100 ms; A/A noise floor 0 %; at this noise +5 % is called in 95 % of runs',
      candidate: { value: 0, low: 0, high: 0, samples: 12 },
      checks: ['acme-1/load'],
      rerun: 'npm run regression -- --seed 7 --profile smoke --check acme-1/load',
    });
  });

  test('of no ticket has none', () => {
    const promise = givenGuardrail();
    delete promise.ticket;
    expect(
      gateOf(
        lines(() => 100),
        promise,
      ),
    ).not.toHaveProperty('ticket');
  });

  test('of what is worse when lower is told with the limit below', () => {
    const gate = gateOf(
      lines(() => 100),
      givenGuardrail({ worse: 'lower' }),
    );
    expect(gate).toMatchObject({ operator: '>=', limit: -0.05, verdict: 'pass' });
    expect(gate?.reason).toContain('limit ≥ -5 %, over 12 pairs');
    expect(
      gateOf(
        lines(() => 80),
        givenGuardrail({ worse: 'lower' }),
      ),
    ).toMatchObject({
      verdict: 'fail',
      candidate: { value: expect.closeTo(-0.2, 9), low: expect.closeTo(-0.2, 9), high: expect.closeTo(-0.2, 9) },
    });
  });

  test('with a replicate that gave nothing says which, and counts the others', () => {
    const gate = gateOf(lines((replicate) => (replicate === 4 ? undefined : 100)));
    expect(gate).toMatchObject({ verdict: 'no-data', candidate: { samples: 11 } });
    expect(gate?.reason).toMatch(
      /^replicate 4 has no sample of latency_ms on the candidate; p95 of latency_ms .* over 11 pairs; /,
    );
  });

  test('with a replicate at 0 is an error, and says what is wrong with it', () => {
    expect(gateOf(lines((replicate) => (replicate === 4 ? 0 : 100)))).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(
        /^the p95 of latency_ms is 0 on the candidate, replicate 4: only values above 0 have a ratio; p95 of/,
      ),
    });
  });

  test('that fails says so first, and what else is wrong after it', () => {
    const gate = gateOf(lines((replicate) => (replicate === 4 ? undefined : 200)));
    expect(gate?.verdict).toBe('fail');
    expect(gate?.reason).toMatch(/^p95 of latency_ms \+100 % .*; besides: replicate 4 has no sample of latency_ms/);
  });

  test('in another unit says which is which', () => {
    expect(
      gateOf(
        lines(() => 100),
        givenGuardrail({ unit: 's' }),
      ),
    ).toMatchObject({
      verdict: 'error',
      candidate: { samples: 0 },
      reason: expect.stringMatching(
        /^acme-1\/load gives latency_ms in ms, the promise is in s; no pairs of latency_ms/,
      ),
    });
  });

  test('is not fed by an arm that no check measures on', () => {
    const alone = { ...load, arms: ['candidate' as const] };
    const gate = gateOf(
      lines(() => 100, alone).filter((entry) => !('arm' in entry && entry.arm === 'baseline')),
      givenGuardrail(),
      [alone],
    );
    expect(gate?.verdict).toBe('no-data');
    expect(gate?.reason).toMatch(/^no planned check measures latency_ms on the baseline; /);
    expect(gate?.reason).not.toContain('on the candidate');
  });

  test('is fed by its own suite and by its own measure alone', () => {
    const others = [
      givenCheck({ ...load, id: 'acme-2/load', suite: 'acme-2' }),
      givenCheck({ ...load, id: 'acme-1/size', measures: { size_bytes: 'bytes' } }),
    ];
    const [elsewhere, size] = others as [PlannedCheck, PlannedCheck];
    const entries = [
      ...lines(() => 100),
      ...lines(() => 900, elsewhere),
      ...times(12, 0).flatMap((_, replicate) =>
        size.arms.flatMap((arm) => whatHappened(size, { arm, replicate, values: { size_bytes: [[0]] } })),
      ),
    ];
    expect(gateOf(entries, givenGuardrail(), [load, ...others])).toMatchObject({
      verdict: 'pass',
      checks: ['acme-1/load'],
    });
  });

  test.each([
    ['its own measure of a check that is not planned', 'acme-9/other', 'latency_ms', 'error'],
    ['another measure', 'acme-1/load', 'other_ms', 'pass'],
  ])('is touched by stray lines of %s: %s', (_, check, measure, verdict) => {
    const stray = whatHappened(givenCheck({ ...load, id: check, measures: { [measure]: 'ms' } }), {
      replicate: check === load.id ? 0 : 3,
      values: { [measure]: [[1]] },
    }).filter(({ type }) => type === 'observation');
    const gate = gateOf([...lines(() => 100), ...stray]);
    if (verdict === 'pass') expect(gate?.reason).not.toContain('not in the scope');
    else
      expect(gate).toMatchObject({ verdict, reason: expect.stringMatching(/^not in the scope: latency_ms of acme-9/) });
  });
});

describe('the reason of a guardrail', () => {
  const change = { value: 0.1, low: 0.02, high: null, samples: 1 };
  const pair = [{ baseline: 100, candidate: 110 }];
  const found = { change, statistics: pair, baseline: 'v1', minimumDetectable: null, noiseFloor: null };
  const reasonOf = (verdict: 'no-data' | 'inconclusive' | 'fail', minPairs = 8, detects: number | null = null) =>
    measuredChange(givenGuardrail({ minPairs }), {
      ...found,
      minimumDetectable: detects,
      byPairs: verdict,
      verdict,
    });

  test('says one pair of one, an open end, and that so few show nothing', () => {
    expect(reasonOf('no-data')).toBe(
      'p95 of latency_ms +10 % [+2, open] against v1, limit ≤ +5 %, over 1 pair; medians 110 ms and v1: 100 ms; at least 8 pairs are needed; so few pairs call no change a regression',
    );
  });

  test('asks for pairs only while they are too few, and only where that is what is missing', () => {
    expect(reasonOf('no-data', 1)).not.toContain('are needed');
    expect(reasonOf('no-data', 2)).toContain('at least 2 pairs are needed');
    expect(reasonOf('fail', 2)).not.toContain('are needed');
  });

  test('says what would have been called, and of an open verdict that the limit lies within', () => {
    expect(reasonOf('inconclusive', 1, 0.3)).toMatch(
      /; the interval lies on both sides of the limit; at this noise \+30 % is called in 95 % of runs$/,
    );
  });

  test('of no pairs names the measure and the limit', () => {
    const none = { value: null, low: null, high: null, samples: 0 };
    expect(
      measuredChange(givenGuardrail({ worse: 'lower' }), {
        ...found,
        change: none,
        byPairs: 'error',
        verdict: 'error',
      }),
    ).toBe('no pairs of latency_ms, limit ≥ -5 %; so few pairs call no change a regression');
  });
});

describe('the change of a guardrail', () => {
  const swinging = [0.1, 0.3, 0.2, 0.15, 0.25, 0.12, 0.28, 0.22, 0.18, 0.2];

  test('turns round with the side that is worse', () => {
    const higher = changeOf(givenGuardrail(), swinging, true, 0.008);
    const lower = changeOf(givenGuardrail({ worse: 'lower' }), swinging, true, 0.008);
    expect(lower.value).toBeCloseTo(Math.expm1(-Math.log1p(higher.value as number)), 12);
    expect(lower.high).toBeCloseTo(Math.expm1(-Math.log1p(higher.low as number)), 12);
    expect(lower.low).toBeCloseTo(Math.expm1(-Math.log1p(higher.high as number)), 12);
    expect(higher.low).toBeLessThan(higher.value as number);
    expect(higher.value).toBeLessThan(higher.high as number);
  });

  test('is bounded by the better of both methods at the end, and by the looks alone before', () => {
    const end = changeOf(givenGuardrail(), swinging, true, 0.008);
    const look = changeOf(givenGuardrail(), swinging, false, 0.008);
    expect(look.low).toBeLessThan(end.low as number);
    expect(look.low).not.toBeNull();
    // Seven pairs on one side: the ranks refute nothing at that level yet, and neither do the looks.
    expect(changeOf(givenGuardrail(), swinging.slice(0, 7), true, 0.008)).toMatchObject({ low: null });
    // Eight: the looks do, the ranks do not.
    expect(changeOf(givenGuardrail(), swinging.slice(0, 8), true, 0.008).low).not.toBeNull();
  });

  test('that is detectable does not depend on where the pairs lie, and grows with their spread', () => {
    const of = (values: number[]) => detectable(givenGuardrail(), values, 0.008) as number;
    expect(of(swinging.map((value) => value + 5))).toBeCloseTo(of(swinging), 9);
    expect(of(swinging.map((value) => 2 * value))).toBeGreaterThan(of(swinging));
    expect(detectable(givenGuardrail(), [], 0.9)).toBeNull();
    expect(detectable(givenGuardrail(), [0.1], 0.9)).toBeNull();
    expect(detectable(givenGuardrail(), [0.1, 0.2], 0.9)).not.toBeNull();
  });
});

test('evidence exactly at its level is enough, and a little over it is not', () => {
  const verdictOf = (within: number, over: number) => judgeGuardrail(givenGuardrail(), { within, over }, 8, 0.008);
  expect(verdictOf(0.008, 1)).toBe('fail');
  expect(verdictOf(0.00801, 1)).toBe('inconclusive');
  expect(verdictOf(1, 0.025)).toBe('pass');
  expect(verdictOf(1, 0.02501)).toBe('inconclusive');
});
