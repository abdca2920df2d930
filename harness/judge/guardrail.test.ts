import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import type { Guardrail, ReleasePromise } from '../schema/promise.ts';
import { runSchema } from '../schema/run.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { guardrailEvidence, judgeGuardrail, logTolerance } from './guardrail.ts';
import { detectable } from './guardrail-estimate.ts';
import { judge } from './judge.ts';
import {
  finished,
  givenCheck,
  givenGuardrail,
  givenPromise,
  givenRun,
  redis,
  whatHappened,
} from './saved-run.fixture.ts';

const PAIRS = 16;
const load = givenCheck({ id: 'acme-1/load', lane: 'timing', replicates: PAIRS, measures: { latency_ms: 'ms' } });

/** The baseline at about 100 ms; the candidate by `ratio` of it, both with a little noise. */
function measured(ratio: number, check: PlannedCheck = load, pairs: number = PAIRS, measure = 'latency_ms'): Entry[] {
  return Array.from({ length: pairs }, (_, replicate) => {
    const [base, ours] = [100 + ((replicate * 7) % 5), (100 + ((replicate * 3) % 5)) * ratio];
    return [
      ...whatHappened(check, { arm: 'baseline', replicate, values: { [measure]: [[base]] } }),
      ...whatHappened(check, { arm: 'candidate', replicate, values: { [measure]: [[ours]] } }),
    ];
  }).flat();
}

function gateOf(entries: Entry[], changes: Partial<Guardrail> = {}, check: PlannedCheck = load) {
  const promise = givenGuardrail(changes);
  const run = judge(givenRun({ checks: [check], promises: [promise], entries: [redis, ...entries, finished] }));
  return { run, gate: run.gates.find(({ id }) => id === promise.id) };
}

describe('a guardrail', () => {
  test('passes when the candidate is surely not worse by more than the tolerance', () => {
    const { run, gate } = gateOf(measured(1.02));
    expect(gate).toMatchObject({
      verdict: 'pass',
      operator: '<=',
      limit: 0.05,
      tolerance: 0.05,
      candidate: { samples: PAIRS },
      reason: expect.stringMatching(
        /^p95 of latency_ms \+2(\.\d+)? % \[[+-]?[\d.]+, \+[\d.]+\] against v1\.0\.0, limit ≤ \+5 %, over 16 pairs; medians 104 ms and v1\.0\.0: 102 ms; A\/A noise floor \+[\d.]+ %; at this noise \+[\d.]+ % is called in 95 % of runs$/,
      ),
    });
    expect(run.verdict).toBe('pass');
    expect(runSchema.parse(run)).toEqual(run);
  });

  test('fails when it is surely worse by more, and not when it is worse by just as much', () => {
    expect(gateOf(measured(1.2)).gate).toMatchObject({ verdict: 'fail' });
    expect(gateOf(measured(1.05)).gate?.verdict).not.toBe('fail');
  });

  test('is inconclusive when the interval lies on both sides', () => {
    expect(gateOf(measured(1.05)).gate).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the interval lies on both sides of the limit'),
    });
  });

  test('of what is worse when it is lower is the mirror image', () => {
    expect(gateOf(measured(0.8), { worse: 'lower' }).gate).toMatchObject({
      verdict: 'fail',
      operator: '>=',
      limit: -0.05,
    });
    expect(gateOf(measured(1.2), { worse: 'lower' }).gate).toMatchObject({ verdict: 'pass' });
  });

  test('is no-data with one pair less than its least, though it would pass', () => {
    expect(gateOf(measured(1), { minPairs: PAIRS }).gate).toMatchObject({ verdict: 'pass' });
    expect(gateOf(measured(1), { minPairs: PAIRS + 1 }).gate).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('at least 17 pairs are needed'),
    });
  });

  test('is no-data with a replicate missing, and an error when a value has no ratio', () => {
    const entries = measured(1);
    const without = entries.filter(
      (entry) => !('replicate' in entry && entry.replicate === 3 && entry.arm === 'baseline'),
    );
    expect(gateOf(without).gate).toMatchObject({ verdict: 'no-data', candidate: { samples: PAIRS - 1 } });
    const zero = entries.map((entry) =>
      entry.type === 'observation' && entry.replicate === 3 && entry.arm === 'candidate'
        ? { ...entry, values: [0] }
        : entry,
    );
    expect(gateOf(zero).gate).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('only values above 0 have a ratio'),
    });
  });

  test('fed by two checks, or in another unit, is an error', () => {
    const promise = givenGuardrail();
    const other = givenCheck({ ...load, id: 'acme-1/again' });
    const entries = [redis, ...measured(1), ...measured(1, other), finished];
    expect(judge(givenRun({ checks: [load, other], promises: [promise], entries })).gates[2]).toMatchObject({
      id: promise.id,
      verdict: 'error',
      reason: expect.stringContaining('pairs the replicates of one check, not of acme-1/again, acme-1/load'),
    });
    expect(gateOf(measured(1), { unit: 's' }).gate).toMatchObject({ verdict: 'error', candidate: { samples: 0 } });
  });

  test('without a line is no-data', () => {
    expect(gateOf([]).gate).toMatchObject({
      verdict: 'no-data',
      candidate: { value: null, samples: 0 },
      minimumDetectable: null,
    });
  });

  test('shares its level with the others of its ticket', () => {
    // 9 pairs on one side of 9 are enough for one alone, not for one of twenty.
    const check = givenCheck({ ...load, replicates: 9 });
    const alone = judge(
      givenRun({
        checks: [check],
        promises: [givenGuardrail()],
        entries: [redis, ...measured(1.2, check, 9), finished],
      }),
    );
    expect(alone.gates[1]).toMatchObject({ id: 'acme-1/no-slower', verdict: 'fail' });
    const others = Array.from(
      { length: 19 },
      (_, index): ReleasePromise => givenGuardrail({ id: `acme-1/other-${index}`, tolerance: 0.5 }),
    );
    const among = judge(
      givenRun({
        checks: [check],
        promises: [givenGuardrail(), ...others],
        entries: [redis, ...measured(1.2, check, 9), finished],
      }),
    );
    expect(among.gates.find(({ id }) => id === 'acme-1/no-slower')).toMatchObject({ verdict: 'inconclusive' });
  });

  test('stands beside limits of the same measure', () => {
    const limit = givenPromise({
      id: 'acme-1/p50',
      kind: 'absolute',
      measure: 'latency_ms',
      statistic: 'p50',
      operator: '<',
      limit: 200,
      minSamples: 6,
    });
    const run = judge(
      givenRun({ checks: [load], promises: [limit, givenGuardrail()], entries: [redis, ...measured(1), finished] }),
    );
    expect(run.gates.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['acme-1/load/facts', 'pass'],
      ['acme-1/no-slower', 'pass'],
      ['acme-1/p50', 'pass'],
    ]);
  });
});

describe('what is detectable', () => {
  const swinging = Array.from({ length: PAIRS }, (_, index) => (index % 2 === 0 ? 0.1 : -0.1));

  test('agrees with scipy.stats.t: expm1((t.ppf(.997, 15) + t.ppf(.95, 15)) · s / sqrt(16 · 3/π)), s² = .01 · 16/15', () => {
    expect(detectable(givenGuardrail({ tolerance: 0 }), swinging, 0.008)).toBeCloseTo(0.13973115078886333, 9);
  });

  test('grows with the tolerance, is below 0 where lower is worse, and is nothing for too few pairs', () => {
    expect(detectable(givenGuardrail({ tolerance: 0.1 }), swinging, 0.008)).toBeCloseTo(1.1 * 1.139731 - 1, 5);
    expect(detectable(givenGuardrail({ tolerance: 0, worse: 'lower' }), swinging, 0.008)).toBeCloseTo(
      1 / 1.139731 - 1,
      5,
    );
    expect(detectable(givenGuardrail(), swinging.slice(0, 9), 0.008)).not.toBeNull();
    expect(detectable(givenGuardrail(), swinging.slice(0, 8), 0.008)).toBeNull();
  });
});

test('the tolerance of what is worse when lower is the ratio to which it may fall', () => {
  expect(Math.exp(logTolerance(givenGuardrail({ tolerance: 0.05 })))).toBeCloseTo(1.05, 12);
  expect(Math.exp(-logTolerance(givenGuardrail({ tolerance: 0.05, worse: 'lower' })))).toBeCloseTo(0.95, 12);
});

describe('judgeGuardrail', () => {
  const changes = fc.array(
    fc.integer({ min: -40, max: 40 }).map((part) => part / 100),
    { maxLength: 20 },
  );
  const rule = givenGuardrail({ minPairs: 2 });
  const verdictOf = (worsening: number[], promise: Guardrail = rule) =>
    judgeGuardrail(promise, guardrailEvidence(promise, worsening, true), worsening.length, 0.01);

  test('never passes on nothing, nor on so few pairs that chance would do it', () => {
    expect(verdictOf([])).toBe('no-data');
    for (let pairs = 0; pairs < 6; pairs++) expect(verdictOf(Array(pairs).fill(-1))).not.toBe('pass');
    expect(verdictOf(Array(7).fill(-1))).toBe('pass');
  });

  test('never gets better when a pair gets worse', () => {
    const rank = ['fail', 'no-data', 'inconclusive', 'pass'];
    fc.assert(
      fc.property(changes, fc.nat(), fc.nat(40), (worsening, which, by) => {
        fc.pre(worsening.length > 0);
        const at = which % worsening.length;
        const worse = worsening.with(at, (worsening[at] as number) + by / 100);
        // At the end of the budget the ranks alone decide that; a look also knows in which order the pairs came.
        const end = (values: number[]) => {
          const { within, over } = guardrailEvidence(rule, values, true);
          return within <= 0.01 && over <= 0.025 ? 'both' : verdictOf(values);
        };
        const [before, after] = [end(worsening), end(worse)];
        expect([before, after]).not.toContain('both');
        if (before === 'fail') expect(rank.indexOf(after)).toBeLessThanOrEqual(rank.indexOf('inconclusive'));
        if (before !== 'pass' && before !== 'fail') expect(after).not.toBe('pass');
      }),
    );
  });

  test('turns round with the arms: who fails at tolerance 0 one way does not fail the other way', () => {
    const strict = givenGuardrail({ tolerance: 0, minPairs: 2 });
    expect(logTolerance(strict)).toBe(0);
    fc.assert(
      fc.property(changes, (worsening) => {
        const turned = worsening.map((change) => -change);
        const ours = guardrailEvidence(strict, worsening, true);
        const theirs = guardrailEvidence(strict, turned, true);
        expect(ours.over).toBeCloseTo(theirs.within, 12);
        expect(verdictOf(worsening, strict) === 'fail' && verdictOf(turned, strict) === 'fail').toBe(false);
      }),
    );
  });
});
