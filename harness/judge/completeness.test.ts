import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { judge } from './judge.ts';
import {
  at,
  finished,
  givenCheck,
  givenPromise,
  givenRun,
  honestEntries,
  redis,
  whatHappened,
} from './saved-run.fixture.ts';

const honest = honestEntries(givenCheck());
const withoutEnd = honest.filter((entry) => entry.type !== 'run-ended');

describe('a complete run', () => {
  test('misses nothing', () => {
    expect(judge(givenRun())).toMatchObject({
      verdict: 'pass',
      ended: 'finished',
      scope: { complete: true, missing: [] },
    });
  });
});

describe('an incomplete run is never a pass', () => {
  test.each<[string, Entry[], string, string]>([
    ['killed', withoutEnd, 'killed', 'the run was killed: no line says that it ended'],
    [
      'bailed',
      [...withoutEnd, { ...finished, how: 'bailed' }],
      'bailed',
      'the run stopped at its first failure (--bail)',
    ],
    ['interrupted', [...withoutEnd, { ...finished, how: 'interrupted' }], 'interrupted', 'the run was interrupted'],
    ['at its deadline', [...withoutEnd, { ...finished, how: 'deadline' }], 'deadline', 'the run reached its deadline'],
    ['ended twice', [...honest, finished], 'finished', 'the run ended 2 times'],
    [
      'ended before its checks',
      [...withoutEnd, { ...finished, at: at(19) }],
      'finished',
      'acme-1/drop on the candidate, replicate 0, went on after the run had ended',
    ],
  ])('%s', (_, entries, ended, sentence) => {
    const run = judge(givenRun({ entries }));
    expect(run).toMatchObject({ verdict: 'no-data', ended, scope: { complete: false } });
    expect(run.scope.missing).toContain(sentence);
  });

  test('ended before it began', () => {
    const run = judge(givenRun({ checks: [], promises: [], entries: [{ ...finished, at: at(-5.001) }] }));
    expect(run.scope.missing).toEqual([expect.stringMatching(/^the clock went backwards: the run began at/)]);
    const other = judge(givenRun({ checks: [], promises: [], entries: [{ ...finished, at: at(-5) }] }));
    expect(other.scope.missing).toEqual([]);
  });

  test('damaged', () => {
    const run = judge(givenRun({ damage: ['the last line was cut'] }));
    expect(run).toMatchObject({ verdict: 'no-data', scope: { missing: ['the last line was cut'] } });
  });

  test('but a fail stays a fail', () => {
    const broken = whatHappened(givenCheck(), { facts: { 'it came back': false } });
    expect(judge(givenRun({ entries: [redis, ...broken] })).verdict).toBe('fail');
  });
});

describe('an error on the baseline, with nothing but facts promised of the candidate', () => {
  const check = givenCheck({ measures: {} });
  const AA = { baseline: 'v1.0.1', candidate: 'v1.0.1' };
  const whenEnded = (endedBy?: 'harness', arms?: typeof AA) => {
    const ending = { status: 'error', error: 'boom', ...(endedBy === undefined ? {} : { endedBy }) } as const;
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', ...ending }),
      ...whatHappened(check, { arm: 'candidate' }),
      finished,
    ];
    const { verdict, scope } = judge(
      givenRun({ checks: [check], promises: [], entries, ...(arms === undefined ? {} : { arms }) }),
    );
    return { verdict, missing: scope.missing };
  };
  const sentence = 'acme-1/drop on the baseline ended with an error: boom';

  test('may be what that release does', () => {
    expect(whenEnded()).toEqual({ verdict: 'pass', missing: [] });
  });

  test('that the harness caused leaves the run incomplete', () => {
    expect(whenEnded('harness')).toEqual({ verdict: 'no-data', missing: [sentence] });
  });

  test('leaves an A/A run incomplete, whose arms are one release', () => {
    expect(whenEnded(undefined, AA)).toEqual({ verdict: 'no-data', missing: [sentence] });
  });

  test('is none where the candidate alone is planned: then the limit is judged', () => {
    const alone = givenCheck({ arms: ['candidate'] });
    const samples = (value: number) => ({ values: { away_ms: [Array.from({ length: 30 }, () => value)] } });
    const verdictOf = (value: number) =>
      judge(givenRun({ checks: [alone], arms: AA, entries: [redis, ...whatHappened(alone, samples(value)), finished] }))
        .verdict;
    expect([verdictOf(30_000), verdictOf(30_001)]).toEqual(['pass', 'fail']);
  });
});

describe('a component that could not be had', () => {
  const missing: Entry = {
    type: 'component',
    status: 'missing',
    name: 'redis',
    reason: 'no provider',
    command: 'apt-get install redis',
  };

  test('makes its gates no-data, with the command that gets it, and nothing else to read', () => {
    const run = judge(givenRun({ entries: [missing, finished] }));
    const cause = 'redis could not be had: no provider; `apt-get install redis` gets it';
    expect(run.gates.map((gate) => gate.verdict)).toEqual(['no-data', 'no-data']);
    expect(run.gates[0]?.reason).toBe(
      `acme-1/drop did not run, because ${cause}; no samples of away_ms, limit ≤ 0; at least 30 samples are needed; v1.0.0: no samples; without the baseline no fix is shown`,
    );
    expect(run.scope.missing).toEqual([cause]);
    expect(run.provenance.components).toEqual([
      { name: 'redis', version: null, provider: null, missing: 'no provider; `apt-get install redis` gets it' },
    ]);
  });

  test('or that no line mentions takes away the pass', () => {
    const run = judge(givenRun({ entries: honest.filter((entry) => entry !== redis) }));
    expect(run.gates[0]).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('no line says that it was started'),
    });
  });
});

describe('what was expected is never dropped', () => {
  test('and stands with the ticket of its suite', () => {
    const run = judge(givenRun({ scope: { expected: ['acme-1/other', 'nobody/knows'] } }));
    expect(run.gates.find(({ id }) => id === 'acme-1/other')).toMatchObject({ suite: 'acme-1', ticket: 'ACME-1' });
    expect(run.gates.find(({ id }) => id === 'nobody/knows')?.ticket).toBeUndefined();
  });

  test.each([
    [['acme-1/other'], 'acme-1/other is expected, but no promise of that name was saved'],
    [['acme-1/gone/facts'], 'acme-1/gone/facts is expected, but its check is not among the planned ones'],
  ])('%s without anything to judge it by is an error', (expected, reason) => {
    const run = judge(givenRun({ scope: { expected: ['acme-1/back', ...expected] } }));
    expect(run.gates.find((gate) => gate.id === expected[0])).toMatchObject({ verdict: 'error', reason });
    expect(run).toMatchObject({ verdict: 'error', scope: { complete: false, missing: [reason] } });
  });

  test('a promise that the scope no longer expects takes away the pass', () => {
    const run = judge(givenRun({ scope: { expected: ['acme-1/drop/facts'] } }));
    expect(run.verdict).not.toBe('pass');
    expect(run.scope.missing).toEqual(['acme-1/back was promised, but the scope does not expect it']);
  });

  test('a promise both expected and deferred, or expected below the profile that can decide it, is not known', () => {
    const deferred = [{ id: 'acme-1/back', decidableFrom: 'nightly' as const }];
    expect(judge(givenRun({ scope: { deferred } }))).toMatchObject({
      verdict: 'no-data',
      scope: { missing: ['acme-1/back is both expected and deferred'] },
    });
    const promises = [givenPromise({ decidableFrom: 'standard' })];
    expect(judge(givenRun({ promises }))).toMatchObject({
      verdict: 'no-data',
      scope: { missing: ['acme-1/back is expected at smoke, but decidable from standard on'] },
    });
    expect(judge(givenRun({ promises, scope: { profile: 'standard' } })).verdict).toBe('pass');
  });

  test('a hundred sentences are told, more are counted', () => {
    const troubles = (count: number) =>
      Array.from({ length: count }, (_, index): Entry => ({ type: 'trouble', at: at(20), says: `trouble ${index}` }));
    const missing = (count: number) => judge(givenRun({ entries: [...honest, ...troubles(count)] })).scope.missing;
    expect(missing(100)).toHaveLength(100);
    expect(missing(100)).not.toContain('and 0 more');
    expect(missing(250)).toHaveLength(101);
    expect(missing(250).at(-1)).toBe('and 150 more');
  });

  test('trouble outside of every check takes away the pass', () => {
    const run = judge(givenRun({ entries: [...honest, { type: 'trouble', at: at(20), says: 'a stray error' }] }));
    expect(run).toMatchObject({ verdict: 'no-data', scope: { complete: false, missing: ['a stray error'] } });
  });

  test('a promise made twice is an error', () => {
    const run = judge(givenRun({ promises: [givenPromise(), givenPromise({ limit: 5 })] }));
    expect(run.gates[0]).toMatchObject({ verdict: 'error', reason: 'acme-1/back is promised 2 times, expected once' });
  });

  test('a promise that was not expected is no gate', () => {
    const run = judge(givenRun({ scope: { expected: [] } }));
    expect(run.gates.map((gate) => gate.id)).toEqual(['acme-1/drop/facts']);
  });

  test('nothing planned, nothing seen: no-data', () => {
    const empty = { checks: [], promises: [] };
    expect(judge(givenRun({ ...empty, entries: [] })).verdict).toBe('no-data');
    expect(judge(givenRun({ ...empty, entries: [finished] })).verdict).toBe('no-data');
  });
});
