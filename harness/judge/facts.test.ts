import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import { finished, givenCheck, givenRun, type Happening, redis, whatHappened } from './saved-run.fixture.ts';

const good = { 'it came back': true, 'nothing was lost': true };

/** The facts gate of a check that did this. */
function whenRecorded(happenings: Happening[], changes: Parameters<typeof givenCheck>[0] = {}) {
  const check = givenCheck({ measures: {}, ...changes });
  const entries = [redis, ...happenings.flatMap((happening) => whatHappened(check, happening)), finished];
  const run = judge(givenRun({ checks: [check], promises: [], entries }));
  return run.gates.find((gate) => gate.kind === 'facts');
}

describe('the facts gate', () => {
  test('passes when all declared facts hold on the candidate; the baseline is only shown', () => {
    const gate = whenRecorded([{ arm: 'baseline', facts: { 'it came back': false } }, { facts: good }]);
    expect(gate).toMatchObject({
      id: 'acme-1/drop/facts',
      says: 'All 2 facts of acme-1/drop hold',
      verdict: 'pass',
      reason: '0 of 2 facts broken, limit ≤ 0; v1.0.0: 1 of 1 (1 of 2 were recorded)',
      candidate: { value: 0, samples: 2 },
      baseline: { value: 1, samples: 1 },
    });
  });

  test('fails by one broken fact and names it', () => {
    const gate = whenRecorded([{ arm: 'baseline' }, { facts: { ...good, 'nothing was lost': false } }]);
    expect(gate).toMatchObject({ verdict: 'fail', candidate: { value: 1, samples: 2 } });
    expect(gate?.reason).toBe('1 of 2 facts broken, limit ≤ 0; broken: nothing was lost; v1.0.0: 0 of 2');
  });

  test('names the fact where a check has one', () => {
    expect(whenRecorded([{}], { facts: ['it came back'] })).toMatchObject({
      says: 'The fact of acme-1/drop: it came back',
    });
  });

  test('is no-data when a declared fact is absent in one replicate', () => {
    const once: Happening[] = [{ facts: good }, { replicate: 1, facts: { 'it came back': true } }];
    expect(whenRecorded(once, { arms: ['candidate'], replicates: 2 })).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('acme-1/drop on the candidate, replicate 1 did not record "nothing was lost"'),
    });
  });

  test('is an error when the check ended with one, and still a fail when a fact was broken before', () => {
    const failing = { status: 'error', error: 'boom' } as const;
    expect(whenRecorded([{ arm: 'baseline' }, { facts: {}, ...failing }])).toMatchObject({ verdict: 'error' });
    expect(whenRecorded([{ arm: 'baseline' }, { facts: { 'it came back': false }, ...failing }])).toMatchObject({
      verdict: 'fail',
    });
  });

  test('is an error when a fact was never declared', () => {
    expect(whenRecorded([{ arm: 'baseline' }, { facts: { ...good, surprise: true } }])).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('not in the scope: the fact "surprise" of acme-1/drop'),
    });
  });

  test('of a check without facts says that it ran to its end', () => {
    const plain = { facts: [], arms: ['candidate' as const] };
    expect(whenRecorded([{}], plain)).toMatchObject({ verdict: 'pass', says: 'acme-1/drop runs to its end' });
    expect(whenRecorded([], plain)).toMatchObject({ verdict: 'no-data' });
  });

  test('of facts planned on the baseline alone is no-data', () => {
    expect(whenRecorded([{ arm: 'baseline' }], { arms: ['baseline'] })).toMatchObject({ verdict: 'no-data' });
  });
});
