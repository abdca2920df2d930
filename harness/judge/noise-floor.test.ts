import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Guardrail } from '../schema/promise.ts';
import type { Gate } from '../schema/run.ts';
import { judge } from './judge.ts';
import { logNoiseFloor, noiseFloor, selfDifferences } from './noise-floor.ts';
import { finished, givenCheck, givenGuardrail, givenRun, redis, whatHappened } from './saved-run.fixture.ts';

const guardrail = givenGuardrail({ tolerance: 0.2, minPairs: 2 });
const both = (values: readonly number[]) => values.map((value) => ({ baseline: value, candidate: value }));

/** The gate of a check that made these replicates, in ms, of at most so many pairs, and could end early. */
function gateOf(
  statistics: { baseline: number; candidate: number }[],
  changes: Partial<Guardrail> = {},
  most: number = statistics.length,
) {
  const promise = { ...guardrail, ...changes };
  const check = givenCheck({
    id: 'acme-1/load',
    replicates: most,
    leastReplicates: 2,
    measures: { latency_ms: 'ms' },
  });
  const entries = statistics.flatMap((pair, replicate) =>
    (['baseline', 'candidate'] as const).flatMap((arm) =>
      whatHappened(check, { arm, replicate, values: { latency_ms: [[pair[arm]]] } }),
    ),
  );
  const run = judge(givenRun({ checks: [check], promises: [promise], entries: [redis, ...entries, finished] }));
  return { run, gate: run.gates.find(({ id }) => id === promise.id) as Gate };
}

/** Neighbouring replicates of each arm differ by this factor, and the candidate is by `ratio` of the baseline. */
const swinging = (factor: number, ratio = 1, pairs = 7) =>
  Array.from({ length: pairs }, (_, index) => {
    // Of four replicates the middle two, so that the swing is not taken for a trend.
    const baseline = 100 * (index % 4 === 1 || index % 4 === 2 ? factor : 1);
    return { baseline, candidate: ratio * baseline };
  });

describe('the noise floor', () => {
  test('is made of replicates of one arm next to each other, and leaves out one that is alone', () => {
    const statistics = [1, 2, 4, 4, 9].map((value, index) => ({ baseline: value, candidate: 10 ** index }));
    const [ln2, ln10] = [Math.log(2), Math.log(10)];
    const seen = selfDifferences(guardrail, statistics);
    expect(seen).toHaveLength(4);
    for (const [index, expected] of [ln2, -ln10, -0, ln10].entries()) expect(seen[index]).toBeCloseTo(expected, 12);
  });

  test('is 0 where all replicates of a release are alike, however the releases differ', () => {
    const statistics = Array.from({ length: 7 }, () => ({ baseline: 100, candidate: 300 }));
    expect(logNoiseFloor(guardrail, statistics)).toBe(0);
  });

  test('is not known with 5 pairs, and known with 6', () => {
    expect(logNoiseFloor(guardrail, both([1, 2, 1, 2, 1]))).toBeNull();
    expect(logNoiseFloor(guardrail, both([1, 2, 1, 2, 1, 2]))).not.toBeNull();
  });

  test('of so few replicates is half the range of their differences', () => {
    // ln 1.1, −ln 1.1 · −ln 1.2, ln 1.2 · ln 1.5, −ln 1.5
    expect(logNoiseFloor(guardrail, both([1, 1.1, 1, 1.2, 1, 1.5]))).toBeCloseTo(Math.log(1.5), 12);
  });

  test('sees a machine that warms up, though every step goes the same way', () => {
    const warming = both(Array.from({ length: 10 }, (_, index) => 0.9 ** index));
    expect(logNoiseFloor(guardrail, warming)).toBeCloseTo(-Math.log(0.9), 12);
  });

  test('is a change to the worse side', () => {
    expect(noiseFloor(guardrail, Math.log(1.25))).toBeCloseTo(0.25, 12);
    expect(noiseFloor({ ...guardrail, worse: 'lower' }, Math.log(1.25))).toBeCloseTo(-0.2, 12);
    expect(noiseFloor(guardrail, null)).toBeNull();
  });

  const level = fc.double({ min: 0.5, max: 2, noNaN: true });
  const pairs = fc.array(fc.record({ baseline: level, candidate: level }), { minLength: 6, maxLength: 24 });

  test('does not depend on the unit, nor on which way is worse, nor on how far the arms are apart', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.25, 4, 1024), (statistics, scale) => {
        const floor = logNoiseFloor(guardrail, statistics) as number;
        const apart = statistics.map(({ baseline, candidate }) => ({ baseline, candidate: scale * candidate }));
        expect(logNoiseFloor(guardrail, apart)).toBeCloseTo(floor, 9);
        expect(logNoiseFloor({ ...guardrail, worse: 'lower' }, statistics)).toBeCloseTo(floor, 9);
        expect(floor).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('grows as the noise does', () => {
    fc.assert(
      fc.property(pairs, (statistics) => {
        const louder = statistics.map(({ baseline, candidate }) => ({
          baseline: baseline ** 2,
          candidate: candidate ** 2,
        }));
        expect(logNoiseFloor(guardrail, louder)).toBeCloseTo(2 * (logNoiseFloor(guardrail, statistics) as number), 9);
      }),
    );
  });
});

describe('a guardrail held to its noise floor', () => {
  test('passes with a floor just under the tolerance, and is inconclusive with one just over it', () => {
    const { gate: quiet } = gateOf(swinging(1.19));
    expect(quiet).toMatchObject({ verdict: 'pass', noiseFloor: expect.closeTo(0.19, 9) });
    expect(quiet.reason).toContain('; A/A noise floor +19 %;');
    const { gate: loud } = gateOf(swinging(1.21));
    expect(loud).toMatchObject({ verdict: 'inconclusive', noiseFloor: expect.closeTo(0.21, 9) });
    expect(loud.reason).toContain(
      'the pairs would pass, but the A/A noise floor of this run, +21 %, is past the limit',
    );
  });

  test('of what is worse when it is lower is the mirror image', () => {
    const lower = { worse: 'lower' } as const;
    expect(gateOf(swinging(0.81), lower).gate).toMatchObject({ verdict: 'pass', noiseFloor: expect.closeTo(-0.19, 9) });
    expect(gateOf(swinging(0.79), lower).gate).toMatchObject({
      verdict: 'inconclusive',
      noiseFloor: expect.closeTo(-0.21, 9),
    });
  });

  test('passes all the same when the candidate is better by more than the floor', () => {
    expect(gateOf(swinging(1.5, 1 / 1.49)).gate.verdict).toBe('inconclusive');
    expect(gateOf(swinging(1.5, 1 / 1.51)).gate.verdict).toBe('pass');
  });

  test('fails whatever the floor', () => {
    expect(gateOf(swinging(5, 2, 8)).gate).toMatchObject({ verdict: 'fail', noiseFloor: expect.closeTo(4, 9) });
  });

  test('does not end its check on a pass that the floor takes away', () => {
    const { run, gate } = gateOf(swinging(1.21), {}, 14);
    expect(run.scope.complete).toBe(false);
    expect(gate.reason).toContain(
      'acme-1/load ended wrongly: it ended after 7 of 14 pairs, and nothing was decided yet',
    );
    expect(gateOf(swinging(1.19), {}, 14).run.scope.complete).toBe(true);
  });
});
