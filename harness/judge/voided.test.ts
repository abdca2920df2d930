import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { type Run, runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import {
  finished,
  givenCheck,
  givenGuardrail,
  givenRun,
  type Happening,
  redis,
  whatHappened,
} from './saved-run.fixture.ts';

const PAIRS = 16;
/** One for every four pairs. */
const MOST = 4;
const load = givenCheck({
  id: 'acme-1/load',
  lane: 'timing',
  replicates: PAIRS,
  leastReplicates: PAIRS,
  measures: { latency_ms: 'ms' },
});
const LATE = 'LoadError: the load generator was late: the 99th percentile was 41.0 ms\n    at somewhere';

const happened = (happening: Happening) => whatHappened(load, { values: { latency_ms: [[100]] }, ...happening });
/** Baseline first, the candidate voided. */
const voided = (replicate: number, attempt = 0, happening: Happening = {}): Entry[] => [
  ...happened({ arm: 'baseline', replicate, attempt, from_s: 50 * attempt }),
  ...happened({ replicate, attempt, from_s: 25 + 50 * attempt, status: 'voided', error: LATE, ...happening }),
];
/** What counts, made after so many attempts. */
const counting = (replicate: number, attempt = 0): Entry[] =>
  (['baseline', 'candidate'] as const).flatMap((arm, turn) =>
    happened({
      arm,
      replicate,
      attempt,
      from_s: 50 * attempt + 25 * turn,
      values: { latency_ms: [[100 + replicate]] },
    }),
  );

function judged(ofPair: (replicate: number) => Entry[], check = load): Run {
  const entries = [redis, ...Array.from({ length: PAIRS }, (_, replicate) => ofPair(replicate)).flat()];
  const end: Entry = { ...finished, at: '2026-01-01T01:00:00.000Z' };
  return judge(givenRun({ checks: [check], promises: [givenGuardrail()], entries: [...entries, end] }));
}
const only = (spoilt: number, entries: Entry[]) => (replicate: number) =>
  replicate === spoilt ? entries : counting(replicate);
const again = (replicate: number, happening: Happening = {}) => [
  ...voided(replicate, 0, happening),
  ...counting(replicate, 1),
];

const guardrail = (run: Run) => run.gates.find(({ kind }) => kind === 'guardrail');
const undisturbed = judged(counting);

test('a pair that was made again counts once, and the report tells what was voided, when, and why', () => {
  const run = judged(only(3, again(3)));
  expect(run.verdict).toBe('pass');
  expect(guardrail(run)).toEqual(guardrail(undisturbed));
  expect(run.checks[0]).toMatchObject({
    status: 'completed',
    voided: [
      {
        arm: 'candidate',
        replicate: 3,
        attempt: 0,
        at: '2026-01-01T00:00:45.000Z',
        says: 'LoadError: the load generator was late: the 99th percentile was 41.0 ms',
      },
    ],
  });
  expect(run.checks[0]).not.toHaveProperty('error');
  expect(runSchema.parse(run)).toEqual(run);
  expect(undisturbed.checks[0]).not.toHaveProperty('voided');
});

test('nothing that was measured in a voided attempt counts, whatever it was, on either arm', () => {
  const slow = { values: { latency_ms: [[9_000, 9_000]] } };
  const [first, second] = [
    happened({ arm: 'baseline', replicate: 3, ...slow }),
    happened({ replicate: 3, from_s: 25, status: 'voided', error: LATE, ...slow }),
  ];
  const run = judged(only(3, [...first, ...second, ...counting(3, 1)]));
  expect(guardrail(run)).toEqual(guardrail(undisturbed));
  const valuesOf = ({ series }: Run) => series.map(({ points }) => points.map(([, value]) => value).sort());
  expect(valuesOf(run)).toEqual(valuesOf(undisturbed));
});

test('what a voided replicate measured counts no more while it was not made again', () => {
  expect(guardrail(undisturbed)?.candidate.samples).toBe(PAIRS);
  expect(guardrail(judged(only(3, voided(3))))?.candidate.samples).toBe(PAIRS - 1);
});

test('the order of the lines does not matter', () => {
  const entries = Array.from({ length: PAIRS }, (_, replicate) => only(3, again(3))(replicate)).flat();
  const given = { checks: [load], promises: [givenGuardrail()] };
  const [there, back] = [entries, entries.toReversed()].map((lines) =>
    judge(givenRun({ ...given, entries: [redis, ...lines, finished] })),
  );
  expect(back).toEqual(there);
});

test('a fact that was broken in a voided attempt stays broken', () => {
  const facts = { 'it came back': true, 'nothing was lost': false };
  const run = judged(only(3, again(3, { facts })));
  expect(run.verdict).toBe('fail');
  expect(run.gates.find(({ kind }) => kind === 'facts')?.reason).toContain(
    'broken, replicate 3: nothing was lost (in attempt 0, whose pair was made again)',
  );
});

test('as many pairs may be made again as one in four of the budget, and not one more', () => {
  const spoil = (count: number) => (replicate: number) => (replicate < count ? again(replicate) : counting(replicate));
  expect(judged(spoil(MOST)).verdict).toBe('pass');
  const tooMany = judged(spoil(MOST + 1));
  expect(tooMany.verdict).toBe('error');
  expect(tooMany.scope.missing).toContain('acme-1/load made 5 pairs again, at most 4 were expected');
});

test('one pair may use up the whole bound', () => {
  const attempts = (count: number) => [
    ...Array.from({ length: count }, (_, attempt) => voided(3, attempt)).flat(),
    ...counting(3, count),
  ];
  expect(judged(only(3, attempts(MOST))).verdict).toBe('pass');
  expect(judged(only(3, attempts(MOST + 1))).verdict).toBe('error');
});

const without = (entries: Entry[], isGone: (entry: Entry) => boolean) => entries.filter((entry) => !isGone(entry));
const isEnd = (entry: Entry) =>
  entry.type === 'check-ended' && entry.arm === 'candidate' && entry.attempt === undefined;

describe.each<[string, Entry[], Run['verdict'], RegExp]>([
  ['voided and not made again', voided(3), 'no-data', /on the candidate, replicate 3 was voided and not made again/],
  [
    'made again although nothing voided it',
    [...counting(3), ...counting(3, 1)],
    'error',
    /attempt 0 at replicate 3 .* was made again, but it is not that one replicate of it was voided/,
  ],
  [
    'made again after an error',
    [...voided(3, 0, { status: 'error' }), ...counting(3, 1)],
    'error',
    /attempt 0: .* ended with an error/,
  ],
  [
    'voided on both arms',
    [...voided(3), ...counting(3, 1)].map((entry) =>
      entry.type === 'check-ended' && !entry.attempt ? { ...entry, status: 'voided' as const } : entry,
    ),
    'error',
    /was made again, but it is not that one/,
  ],
  ['without its first attempt', counting(3, 1), 'error', /attempt 1 at replicate 3 .* is here, attempt 0 is not/],
  ['without the end of its first attempt', without(again(3), isEnd), 'error', /attempt 0: .* did not finish/],
  [
    'without a batch of its first attempt',
    without(again(3), (entry) => entry.type === 'observation' && entry.attempt === undefined),
    'error',
    /attempt 0: lines do not add up/,
  ],
  [
    'with one arm of its last attempt alone',
    without(again(3), (entry) => 'attempt' in entry && entry.attempt === 1 && entry.arm === 'candidate'),
    'no-data',
    /on the candidate, replicate 3 was never started/,
  ],
  [
    'made again before it had ended',
    [...voided(3, 0, { from_s: 60 }), ...counting(3, 1)],
    'error',
    /attempt 1 at replicate 3 .* began before the attempt before it had ended/,
  ],
])('a pair %s', (_, entries, verdict, says) => {
  test(`is ${verdict}`, () => {
    const run = judged(only(3, entries));
    expect(run.verdict).toBe(verdict);
    expect(run.scope.complete).toBe(false);
    expect(run.scope.missing.join('\n')).toMatch(says);
  });
});

test('a check that makes no pairs makes nothing again', () => {
  const { leastReplicates: _, ...plain } = load;
  const run = judged(only(3, again(3)), plain);
  expect(run.verdict).toBe('error');
  expect(run.scope.missing).toContain('acme-1/load made 1 pairs again, at most 0 were expected');
});
