import { describe, expect, test } from 'vitest';
import type { Estimate, Gate, Run } from '../schema/run.ts';
import { compareRuns } from './compare-runs.ts';

const estimate = (value: number, half = 1): Estimate => ({ value, low: value - half, high: value + half, samples: 50 });

function gate(over: Partial<Gate> = {}): Gate {
  return {
    id: 'acme-1/fast',
    suite: 'acme-1',
    kind: 'absolute',
    says: 'It is fast',
    measure: 'answer_ms',
    statistic: 'p95',
    operator: '<',
    limit: 100,
    unit: 'ms',
    verdict: 'pass',
    reason: 'p95 10 ms',
    candidate: estimate(10),
    checks: [],
    rerun: '',
    ...over,
  };
}

function run(gates: Gate[], over: Partial<Run> = {}): Run {
  return {
    id: 'run',
    product: 'Acme Hub',
    ended: 'finished',
    scope: { profile: 'standard', narrowedBy: [] },
    provenance: {
      commit: 'a'.repeat(40),
      dirty: false,
      arms: { baseline: 'v1', candidate: 'v2' },
      promisesSha256: 'p',
      node: 'v24',
      os: 'linux',
      cpu: 'cpu',
      cores: 2,
      memory_bytes: 2 ** 34,
      load: 0,
      components: [],
    },
    gates,
    ...over,
  } as unknown as Run;
}

const changeOf = (before: Partial<Gate>, after: Partial<Gate>) =>
  compareRuns(run([gate(before)]), run([gate(after)])).gates[0]?.change;

describe('a gate', () => {
  test.each([
    ['new when it passed and fails now', { verdict: 'pass' }, { verdict: 'fail' }, 'new'],
    ['new when it passed and is not known now', { verdict: 'pass' }, { verdict: 'no-data' }, 'new'],
    ['fixed when it failed and passes now', { verdict: 'fail' }, { verdict: 'pass' }, 'fixed'],
    ['not fixed by failing in another way', { verdict: 'fail' }, { verdict: 'error' }, 'same'],
    [
      'worse when the intervals have nothing in common',
      { candidate: estimate(10) },
      { candidate: estimate(12.1) },
      'worse',
    ],
    ['the same when they touch', { candidate: estimate(10) }, { candidate: estimate(12) }, 'same'],
    ['better the other way', { candidate: estimate(12.1) }, { candidate: estimate(10) }, 'better'],
    [
      'better when more is better and there is more',
      { operator: '>', candidate: estimate(10) },
      { operator: '>', candidate: estimate(13) },
      'better',
    ],
    [
      'the same where an interval is open',
      { candidate: { ...estimate(10), high: null } },
      { candidate: estimate(99) },
      'same',
    ],
    [
      'the same where there is no value',
      { candidate: { ...estimate(10), value: null } },
      { candidate: estimate(99) },
      'same',
    ],
    [
      'redefined when its limit is another one, though its verdict turned',
      { verdict: 'pass' },
      { verdict: 'fail', limit: 50 },
      'redefined',
    ],
  ] as const)('is %s', (_, before, after, change) => {
    expect(changeOf(before as Partial<Gate>, after as Partial<Gate>)).toBe(change);
  });

  test.each([
    [0.11, 'worse'],
    [0.13, 'same'],
  ] as const)(
    'that is a guardrail moves only by more than the noise floor of either run (%f)',
    (noiseFloor, change) => {
      const guardrail = { kind: 'guardrail', operator: '<=', limit: 0.2 } as const;
      expect(
        changeOf(
          { ...guardrail, candidate: estimate(0, 0.01), noiseFloor: 0 },
          { ...guardrail, candidate: estimate(0.12, 0.01), noiseFloor },
        ),
      ).toBe(change);
    },
  );

  const count = (value: number, samples = 100) => ({ value, low: value, high: value, samples });

  // 95 %: 2 of 100 is a share of 0.2 % to 7.0 %, 12 of 100 of 6.4 % to 20.0 %, 13 of 100 of 7.1 % to 21.2 %.
  test.each(['count-above', 'facts-broken'] as const)(
    'of %s moves only where the shares of all samples have nothing in common',
    (statistic) => {
      const of = (value: number, samples?: number) => ({ statistic, candidate: count(value, samples) });
      expect([changeOf(of(2), of(12)), changeOf(of(2), of(13)), changeOf(of(13), of(2))]).toEqual([
        'same',
        'worse',
        'better',
      ]);
      expect([changeOf(of(2), of(13, 1_000)), changeOf(of(0, 0), of(13))]).toEqual(['same', 'same']);
    },
  );

  test.each(['max', 'min'] as const)('of a %s does not move: one sample makes it', (statistic) => {
    expect(changeOf({ statistic, candidate: count(1) }, { statistic, candidate: count(9) })).toBe('same');
  });

  test('that is a guardrail of a maximum moves by the interval of its pairs', () => {
    const guardrail = { kind: 'guardrail', statistic: 'max', operator: '<=', limit: 0.2 } as const;
    expect(
      changeOf({ ...guardrail, candidate: estimate(0, 0.01) }, { ...guardrail, candidate: estimate(1, 0.01) }),
    ).toBe('worse');
  });

  test.each(['error', 'no-data'] as const)('that is %s now is no better for what it did not see', (verdict) => {
    const [high, low] = [estimate(20), estimate(10)];
    expect(changeOf({ verdict: 'fail', candidate: high }, { verdict, candidate: low })).toBe('same');
    expect(changeOf({ verdict, candidate: low }, { verdict: 'fail', candidate: high })).toBe('same');
    expect(changeOf({ verdict: 'fail', candidate: high }, { verdict: 'fail', candidate: low })).toBe('better');
  });

  test('that is waived is told as such on its side', () => {
    const waived = { owner: 'Ada', reason: 'being mended', expires: '2026-12-31' };
    const [told] = compareRuns(run([gate()]), run([gate({ verdict: 'fail', waived })])).gates;
    expect(told).toMatchObject({ change: 'new', after: { verdict: 'fail', waived: true } });
    expect(told?.before).toEqual({ verdict: 'pass', value: 10 });
  });

  test('that only one run has is told as missing or added', () => {
    const { gates } = compareRuns(run([gate({ id: 'a/1' })]), run([gate({ id: 'a/2' })]));
    expect(gates.map(({ id, change }) => [id, change])).toEqual([
      ['a/2', 'added'],
      ['a/1', 'missing'],
    ]);
  });
});

test('a gate whose promise was renamed is compared under its former id, and not missing there', () => {
  const renamed = gate({ id: 'a/now', aliases: ['a/then'], verdict: 'fail' });
  const { gates } = compareRuns(run([gate({ id: 'a/then' })]), run([renamed]));
  expect(gates.map(({ id, change }) => [id, change])).toEqual([['a/now', 'new']]);
});

test('a run is the same as itself, and in nothing unlike itself', () => {
  const one = run([gate(), gate({ id: 'a/2', verdict: 'fail' })]);
  const { gates, provenance } = compareRuns(one, one);
  expect(gates.every(({ change }) => change === 'same')).toBe(true);
  expect(provenance).toEqual([]);
});

test('what was not alike is told by name', () => {
  const before = run([]);
  const components = [{ name: 'redis', version: '9.1', provider: 'wheel' }];
  const after = run([], { provenance: { ...before.provenance, cores: 4, dirty: true, components } });
  expect(compareRuns(before, after).provenance).toEqual([
    { what: 'commit', before: 'a'.repeat(40), after: `${'a'.repeat(40)} with uncommitted changes` },
    { what: 'processor', before: '2 × cpu', after: '4 × cpu' },
    { what: 'redis', before: 'none', after: '9.1 from wheel' },
  ]);
});
