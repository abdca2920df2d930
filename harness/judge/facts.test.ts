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

describe('the facts gate in full', () => {
  const broken = { 'it came back': true, 'nothing was lost': false };
  const both: Happening[] = [{ arm: 'baseline' }, { facts: good }];

  test('is told whole', () => {
    expect(whenRecorded(both)).toEqual({
      id: 'acme-1/drop/facts',
      suite: 'acme-1',
      ticket: 'ACME-1',
      kind: 'facts',
      says: 'All 2 facts of acme-1/drop hold',
      measure: 'facts',
      statistic: 'facts-broken',
      operator: '<=',
      limit: 0,
      unit: 'facts',
      verdict: 'pass',
      reason: '0 of 2 facts broken, limit ≤ 0; v1.0.0: 0 of 2',
      candidate: { value: 0, low: 0, high: 0, samples: 2 },
      baseline: { value: 0, low: 0, high: 0, samples: 2 },
      checks: ['acme-1/drop'],
      rerun: 'npm run regression -- --seed 7 --profile smoke --check acme-1/drop',
    });
  });

  test('of a check without a ticket has none', () => {
    const check = givenCheck({ measures: {} });
    delete check.ticket;
    const entries = [redis, ...both.flatMap((happening) => whatHappened(check, happening)), finished];
    const [gate] = judge(givenRun({ checks: [check], promises: [], entries })).gates;
    expect(gate).not.toHaveProperty('ticket');
  });

  test('in an A/A run shows one release', () => {
    const check = givenCheck({ measures: {} });
    const entries = [redis, ...both.flatMap((happening) => whatHappened(check, happening)), finished];
    const arms = { baseline: 'v1.0.1', candidate: 'v1.0.1' };
    expect(judge(givenRun({ checks: [check], promises: [], entries, arms })).gates[0]?.reason).toBe(
      '0 of 2 facts broken, limit ≤ 0',
    );
  });

  test('fails by what is broken, and says what else is wrong after it', () => {
    const gate = whenRecorded([{ arm: 'baseline' }, { facts: broken, status: 'error', error: 'boom' }]);
    expect(gate?.reason).toMatch(
      /^1 of 2 facts broken, limit ≤ 0; broken: nothing was lost; v1\.0\.0: 0 of 2; besides: .*boom/,
    );
  });

  test('names the replicate of a broken fact, and how many were recorded of all', () => {
    const gate = whenRecorded(
      [
        { arm: 'baseline', replicate: 0 },
        { arm: 'baseline', replicate: 1, facts: { 'it came back': true } },
        { facts: good },
        { replicate: 1, facts: broken },
      ],
      { replicates: 2 },
    );
    expect(gate?.reason).toBe(
      '1 of 4 facts broken, limit ≤ 0; broken, replicate 1: nothing was lost; v1.0.0: 0 of 3 (3 of 4 were recorded)',
    );
  });

  test('gives the evidence of a broken fact', () => {
    const check = givenCheck({ measures: {} });
    const entries = both
      .flatMap((happening) => whatHappened(check, happening))
      .map((entry) =>
        entry.type === 'fact' && entry.arm === 'candidate' && entry.name === 'it came back'
          ? { ...entry, holds: false, evidence: 'gone for 9 s' }
          : entry,
      );
    const [gate] = judge(givenRun({ checks: [check], promises: [], entries: [redis, ...entries, finished] })).gates;
    expect(gate?.reason).toContain('; broken: it came back (gone for 9 s); ');
  });

  test('without a line of either arm counts nothing', () => {
    expect(whenRecorded([])).toMatchObject({
      verdict: 'no-data',
      candidate: { value: null, low: null, high: null, samples: 0 },
      reason: expect.stringContaining('; none of 0 facts broken, limit ≤ 0; v1.0.0: none of 0 (0 of 2 were recorded)'),
    });
  });

  test('of a check without facts holds when it ran to its end', () => {
    expect(whenRecorded([{ arm: 'baseline' }, {}], { facts: [] })).toMatchObject({
      verdict: 'pass',
      says: 'acme-1/drop runs to its end',
      candidate: { value: 0, low: 0, high: 0, samples: 0 },
    });
    expect(whenRecorded([{ arm: 'baseline' }], { facts: [], arms: ['baseline'] })).toMatchObject({
      verdict: 'pass',
      candidate: { value: null, samples: 0 },
    });
  });

  test('needs the candidate where facts are declared', () => {
    expect(whenRecorded([{ arm: 'baseline' }], { arms: ['baseline'] })).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringMatching(/^acme-1\/drop is not planned on the candidate; none of 0 facts broken/),
    });
  });

  test('is not touched by what belongs to another check', () => {
    const stranger = whatHappened(givenCheck({ id: 'acme-1/other', measures: {} }), { facts: good });
    const check = givenCheck({ measures: {} });
    const entries = [redis, ...both.flatMap((one) => whatHappened(check, one)), ...stranger, finished];
    const run = judge(givenRun({ checks: [check], promises: [], entries }));
    expect(run.gates[0]?.verdict).toBe('pass');
    expect(run.verdict).not.toBe('pass');
  });
});
