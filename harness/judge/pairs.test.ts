import { describe, expect, test } from 'vitest';
import type { PlannedCheck } from '../schema/scope.ts';
import { executionKey, groupEntries } from './executions.ts';
import { pairsOf } from './pairs.ts';
import { reviewExecution } from './review.ts';
import { at, givenCheck, givenGuardrail, whatHappened } from './saved-run.fixture.ts';
import { stoppingPlan } from './stopping.ts';

const guardrail = givenGuardrail({ minPairs: 2 });
const fixed = givenCheck({ id: 'acme-1/load', lane: 'timing', replicates: 12, measures: { latency_ms: 'ms' } });
const early: PlannedCheck = { ...fixed, leastReplicates: 2 };

/** The pairs of `check` when its first `made` replicates are there, both arms alike. */
function whenMade(check: PlannedCheck, made: number) {
  const entries = check.arms.flatMap((arm) =>
    Array.from({ length: made }, (_, replicate) =>
      whatHappened(check, { arm, replicate, values: { latency_ms: [[100], [100]] } }),
    ).flat(),
  );
  const { executions } = groupEntries(entries);
  const reviews = check.arms.flatMap((arm) =>
    Array.from({ length: check.replicates }, (_, replicate) =>
      reviewExecution(check, arm, replicate, executions.get(executionKey(check.id, arm, replicate)), [], at(-5)),
    ),
  );
  return pairsOf(check, stoppingPlan(check, [guardrail], false), reviews);
}

describe('a check that may end early', () => {
  test('ended where it was decided, so what comes after was rightly not made', () => {
    expect(whenMade(early, 7)).toMatchObject({ endedAt: 7, whole: false, problem: undefined });
  });

  test('ended before that, so all that it planned is missing', () => {
    const { endedAt, problem } = whenMade(early, 6);
    expect(endedAt).toBe(12);
    expect(problem).toEqual({
      verdict: 'no-data',
      says: 'acme-1/load ended wrongly: it ended after 6 of 12 pairs, and nothing was decided yet',
    });
  });

  test('made nothing, which says enough without a word about its end', () => {
    expect(whenMade(early, 0)).toMatchObject({ pairs: [], whole: false, endedAt: 12, problem: undefined });
  });
});

describe('a check that makes all its replicates', () => {
  test.each([7, 11])('is missing the rest after %d of 12, wherever it would have been decided', (made) => {
    expect(whenMade(fixed, made)).toMatchObject({ endedAt: 12, whole: false, problem: undefined });
  });

  test('is whole with the last one', () => {
    const { pairs, whole } = whenMade(fixed, 12);
    expect(whole).toBe(true);
    expect(pairs.map(({ statistics }) => statistics.get(guardrail.id))).toEqual(
      Array(12).fill({ baseline: 100, candidate: 100 }),
    );
  });
});

test('an arm that is not planned gives a pair nothing', () => {
  const { pairs } = whenMade({ ...fixed, arms: ['candidate'] }, 1);
  expect(pairs.map(({ statistics }) => statistics.get(guardrail.id))).toEqual([{ baseline: null, candidate: 100 }]);
});
