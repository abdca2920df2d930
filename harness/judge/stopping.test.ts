import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
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
import { lookAt, type Pair, stoppingPlan, summarisePair } from './stopping.ts';

const MOST = 20;
const check = givenCheck({
  id: 'acme-1/load',
  lane: 'timing',
  replicates: MOST,
  leastReplicates: 2,
  measures: { latency_ms: 'ms' },
});
const p95 = givenPromise({
  id: 'acme-1/p95',
  kind: 'absolute',
  measure: 'latency_ms',
  statistic: 'p95',
  operator: '<',
  limit: 150,
  minSamples: 1,
});

/** Pairs in which the candidate is slower by `ratios`, one after the other. */
function pairsOf(promises: readonly ReleasePromise[], ratios: readonly number[]): Pair[] {
  const plan = stoppingPlan(check, promises, false);
  const samples = (value: number) => new Map([['latency_ms', [[value]]]]);
  return ratios.map((ratio) => summarisePair(plan, { baseline: samples(100), candidate: samples(100 * ratio) }));
}

/** The pair after which the rule first says `decided`. */
function decidedAfter(promises: readonly ReleasePromise[], ...ratios: number[]): number {
  const plan = stoppingPlan(check, promises, false);
  const pairs = pairsOf(
    promises,
    times(MOST, 0).map((_, index) => ratios[index % ratios.length] as number),
  );
  return pairs.findIndex((_, index) => lookAt(plan, pairs.slice(0, index + 1)).answer === 'decided') + 1;
}

describe('the stopping rule', () => {
  test('calls a plain regression of a guardrail after 8 pairs, and a plain pass after 7', () => {
    expect(decidedAfter([givenGuardrail({ minPairs: 2 })], 2)).toBe(8);
    expect(decidedAfter([givenGuardrail({ minPairs: 2 })], 1)).toBe(7);
  });

  test('calls a plain breach of a limit after 2 replicates', () => {
    expect(decidedAfter([p95], 2)).toBe(2);
  });

  test('goes on to the end of the budget for what is on either side of the tolerance', () => {
    expect(decidedAfter([givenGuardrail({ minPairs: 2 })], 1, 1.1)).toBe(MOST);
  });

  test('waits for every promise that the check feeds', () => {
    expect(decidedAfter([p95, givenGuardrail({ minPairs: 2 })], 2)).toBe(8);
  });

  test('makes the least number of pairs, whatever they show', () => {
    const late = stoppingPlan({ ...check, leastReplicates: 12 }, [p95], false);
    const pairs = pairsOf([p95], times(12, 2));
    expect(lookAt(late, pairs.slice(0, 11)).answer).toBe('more');
    expect(lookAt(late, pairs).answer).toBe('decided');
  });

  test('asks more of each guardrail the more there are of the ticket, whoever feeds them', () => {
    const others = [1, 2, 3].map((index) => givenGuardrail({ id: `acme-1/other-${index}`, measure: 'elsewhere_ms' }));
    expect(decidedAfter([givenGuardrail({ minPairs: 2 }), ...others], 2)).toBe(10);
  });

  test('has nothing to decide early where the check feeds no promise', () => {
    expect(decidedAfter([], 2)).toBe(MOST);
  });

  test('calls a fix only when the baseline surely breaks the limit too', () => {
    const fix = givenPromise({ ...p95, kind: 'fix', statistic: 'p50', limit: 50 });
    expect(decidedAfter([fix], 0.1)).toBe(8);
    expect(decidedAfter([{ ...fix, limit: 150 }], 0.1)).toBe(MOST);
  });

  test('does not see in a count that nothing more will come, but in a breach that it is one', () => {
    const count = givenPromise({
      id: 'acme-1/none',
      measure: 'latency_ms',
      kind: 'absolute',
      threshold: 150,
      minSamples: 1,
    });
    expect(decidedAfter([count], 1)).toBe(MOST);
    expect(decidedAfter([count], 2)).toBe(2);
  });

  test('decides nothing on pairs without samples', () => {
    const plan = stoppingPlan(check, [p95, givenGuardrail()], false);
    const empty = { baseline: new Map(), candidate: new Map() };
    const pairs = times(MOST - 1, 0).map(() => summarisePair(plan, empty));
    expect(lookAt(plan, pairs)).toMatchObject({ answer: 'more' });
    expect([...lookAt(plan, pairs).verdicts.values()]).toEqual(['no-data', 'no-data']);
  });
});

describe('a saved run of a check that may end early', () => {
  const guardrail = givenGuardrail({ minPairs: 2 });
  const linesOf = (made: number, ...ratios: number[]): Entry[] =>
    Array.from({ length: made }, (_, replicate) => [
      ...whatHappened(check, { arm: 'baseline', replicate, values: { latency_ms: [[100]] } }),
      ...whatHappened(check, {
        arm: 'candidate',
        replicate,
        values: { latency_ms: [[100 * (ratios[replicate % ratios.length] as number)]] },
      }),
    ]).flat();
  const judged = (entries: Entry[], promises: ReleasePromise[] = [guardrail]) =>
    judge(givenRun({ checks: [check], promises, entries: [redis, ...entries, finished] }));
  const gate = (run: ReturnType<typeof judged>) => run.gates.find(({ id }) => id === guardrail.id);

  test('is complete when the rule says decided where it ended', () => {
    expect(judged(linesOf(7, 1))).toMatchObject({ verdict: 'pass', scope: { complete: true } });
    const failed = judged(linesOf(8, 2));
    expect(failed).toMatchObject({ verdict: 'fail', scope: { complete: true } });
    expect(gate(failed)).toMatchObject({ verdict: 'fail', candidate: { value: expect.closeTo(1, 9), samples: 8 } });
  });

  test('is not complete when it ended one pair before that', () => {
    const run = judged(linesOf(6, 1));
    expect(run).toMatchObject({ verdict: 'no-data', scope: { complete: false } });
    expect(run.scope.missing).toEqual([
      'acme-1/load ended wrongly: it ended after 6 of 20 pairs, and nothing was decided yet',
    ]);
    expect(gate(run)?.verdict).toBe('no-data');
  });

  test('is not complete when it went on after it was decided', () => {
    expect(judged(linesOf(8, 1)).scope.missing).toEqual([
      'acme-1/load ended wrongly: it was decided after 7 pairs, and went on to 8',
    ]);
  });

  test('is complete at the end of the budget, and then decided once more by the sharper look', () => {
    const run = judged(linesOf(MOST, 1, 1.1));
    expect(run.scope.complete).toBe(true);
    expect(gate(run)?.verdict).toBe('inconclusive');
  });

  test('is not given the sharper look when it did not come to the end of the budget', () => {
    // Two pairs that hardly differ, then ten that do: ranks call it, bets do not yet.
    const ratios = [1.049, 1.048, ...times(10, 1.5)];
    expect(gate(judged(linesOf(12, ...ratios)))?.verdict).toBe('no-data');
    const short = { ...check, replicates: 12 };
    const whole = judge(
      givenRun({ checks: [short], promises: [guardrail], entries: [redis, ...linesOf(12, ...ratios), finished] }),
    );
    expect(gate(whole)?.verdict).toBe('fail');
  });

  test('has its last pair on both arms', () => {
    const lines = linesOf(7, 1).filter(
      (entry) => !('arm' in entry && entry.arm === 'candidate' && entry.replicate === 6),
    );
    expect(judged(lines)).toMatchObject({ verdict: 'no-data', scope: { complete: false } });
  });

  test('whose first pairs were cut away is not complete', () => {
    const lines = linesOf(8, 1).filter((entry) => !('arm' in entry && entry.replicate === 0));
    expect(judged(lines).verdict).not.toBe('pass');
  });

  test('has the bounds of its limits from the looks', () => {
    const run = judged(linesOf(2, 2), [p95]);
    expect(run.gates.find(({ id }) => id === p95.id)).toMatchObject({
      verdict: 'fail',
      candidate: { value: 200, low: 200, high: null, samples: 2 },
    });
  });

  test('feeds its promises alone', () => {
    const other = givenCheck({ id: 'acme-1/other', measures: { latency_ms: 'ms' }, arms: ['candidate'] });
    const run = judge(
      givenRun({
        checks: [check, other],
        promises: [p95],
        entries: [redis, ...linesOf(MOST, 1), ...whatHappened(other, { values: { latency_ms: [[1]] } }), finished],
      }),
    );
    expect(run.gates.find(({ id }) => id === p95.id)).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('a check that may end early feeds its promises alone'),
    });
  });
});
