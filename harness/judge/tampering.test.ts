/** Each way of spoiling a good run's lines takes the pass from the gate it touches and from the run. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckEnded, Entry, Observation } from '../schema/entry.ts';
import { judge } from './judge.ts';
import { at, givenCheck, givenRun, honestEntries } from './saved-run.fixture.ts';

const honest = honestEntries(givenCheck());
const isObservation = (entry: Entry): entry is Observation => entry.type === 'observation';
const ofCandidate = (entry: Entry) => 'arm' in entry && entry.arm === 'candidate';
const samples = honest.filter(isObservation).filter(ofCandidate);
const [first, second] = samples as [Observation, Observation];
const end = honest.filter((entry): entry is CheckEnded => entry.type === 'check-ended').find(ofCandidate) as CheckEnded;

const swap = (from: Entry, to: Entry) => honest.map((entry) => (entry === from ? to : entry));
const tally = (changes: Partial<CheckEnded['tally']>): CheckEnded => ({ ...end, tally: { ...end.tally, ...changes } });
/** Lines added and counted, so that only the line itself can give it away. */
const smuggle = (extra: Observation) => [
  ...swap(end, tally({ observations: 3, values: end.tally.values + extra.values.length })),
  extra,
];

test('the run that is tampered with below passes', () => {
  expect(judge(givenRun({ entries: honest })).verdict).toBe('pass');
});

describe.each<[string, Entry[], string, RegExp]>([
  ['an observation removed', honest.filter((entry) => entry !== first), 'error', /wrote 2 observations, 1 are here/],
  ['truncated in the middle', honest.slice(0, honest.indexOf(second)), 'no-data', /did not finish/],
  [
    'a value removed',
    swap(first, { ...first, values: first.values.slice(1) }),
    'error',
    /wrote 36 values, 35 are here/,
  ],
  [
    'a fact removed',
    honest.filter((entry) => !(entry.type === 'fact' && ofCandidate(entry))),
    'error',
    /wrote 2 facts, 0 are here/,
  ],
  [
    'an infinite value',
    swap(first, { ...first, values: [...first.values.slice(1), Number.POSITIVE_INFINITY] }),
    'error',
    /no finite number/,
  ],
  [
    'a value that is NaN',
    swap(first, { ...first, values: [...first.values.slice(1), Number.NaN] }),
    'error',
    /no finite number/,
  ],
  [
    'the baseline removed',
    honest.filter((entry) => !('arm' in entry) || entry.arm === 'candidate'),
    'no-data',
    /on the baseline was never started/,
  ],
  [
    'the candidate removed',
    honest.filter((entry) => !ofCandidate(entry)),
    'no-data',
    /on the candidate was never started/,
  ],
  ['a unit changed', swap(first, { ...first, unit: 's' }), 'error', /gave away_ms in s, expected ms/],
  [
    'a clock that went backwards between blocks',
    swap(second, { ...second, t0: at(0.5) }),
    'error',
    /clock went backwards/,
  ],
  ['a clock that went backwards before the end', swap(end, { ...end, at: at(-1) }), 'error', /clock went backwards/],
  ['a line doubled', [...honest, first], 'error', /block 0 of away_ms at .* more than once/],
  ['a line doubled and counted', smuggle(first), 'error', /block 0 of away_ms at .* more than once/],
  ['a replicate too many', [...honest, { ...first, replicate: 1 }], 'error', /not in the scope: away_ms/],
  [
    'a check that nobody planned',
    [...honest, { ...first, check: 'tars-1/other' }],
    'error',
    /not in the scope: away_ms of tars-1\/other/,
  ],
  ['the end of a check removed', honest.filter((entry) => entry !== end), 'no-data', /did not finish/],
  [
    'the start of a check removed',
    honest.filter((entry) => !(entry.type === 'check-started' && ofCandidate(entry))),
    'no-data',
    /never started/,
  ],
  ['the end of a check doubled', [...honest, end], 'error', /ended 2 times/],
  ['a check interrupted', swap(end, { ...end, status: 'interrupted' }), 'no-data', /did not finish/],
  ['a check failed', swap(end, { ...end, status: 'error', error: 'boom' }), 'error', /ended with an error: boom/],
  ['a wrong tally of observations', swap(end, tally({ observations: 3 })), 'error', /wrote 3 observations, 2 are here/],
  ['a wrong tally of values', swap(end, tally({ values: 35 })), 'error', /wrote 35 values, 36 are here/],
])('%s', (_, entries, verdict, reason) => {
  const run = judge(givenRun({ entries }));

  test('takes the pass from its gate, and says why', () => {
    expect(run.gates.find(({ id }) => id === 'tars-1/back')).toMatchObject({
      verdict,
      reason: expect.stringMatching(reason),
    });
  });

  test('takes the pass from the run', () => {
    expect(run.verdict).toBe(run.gates.some((each) => each.verdict === 'error') ? 'error' : 'no-data');
  });
});

test('a measure that the check did not declare, though counted, makes the run an error', () => {
  const run = judge(givenRun({ entries: smuggle({ ...first, measure: 'other_ms' }) }));
  const sentence = 'not in the scope: other_ms of tars-1/drop on the candidate, replicate 0';
  expect(run).toMatchObject({ verdict: 'error', scope: { missing: [sentence] } });
});

test('a breach in samples of a wrong unit, or not finite, proves nothing', () => {
  for (const spoilt of [
    { ...first, unit: 's', values: first.values.map(() => 60_000) },
    { ...first, values: first.values.map(() => Number.POSITIVE_INFINITY) },
  ]) {
    expect(judge(givenRun({ entries: swap(first, spoilt) })).gates[0]).toMatchObject({
      verdict: 'error',
      candidate: { samples: 18 },
    });
  }
});

test('neither do samples whose clock went backwards', () => {
  const entries = swap(second, { ...second, t0: at(0.5), values: second.values.map(() => 60_000) });
  expect(judge(givenRun({ entries })).gates[0]).toMatchObject({ verdict: 'error', candidate: { samples: 0 } });
});

test('of a doubled line neither copy counts', () => {
  const entries = smuggle({ ...first, values: [60_000] });
  expect(judge(givenRun({ entries })).gates[0]).toMatchObject({ verdict: 'error', candidate: { samples: 18 } });
});

test('the order of the lines does not matter to the judgement of contradicting ones', () => {
  const stranger = { check: 'tars-1/other', arm: 'candidate', replicate: 0, at: at(50) } as const;
  const entries: Entry[] = [
    ...honest,
    { ...end, at: at(-1), tally: { observations: 9, values: 9, facts: 9 } },
    { type: 'check-started', check: end.check, arm: end.arm, replicate: 0, at: at(5) },
    { ...first, values: [60_000] },
    { type: 'run-ended', at: at(40), how: 'bailed' },
    { type: 'check-started', ...stranger },
    { type: 'check-started', ...stranger, replicate: 1 },
  ];
  const judged = (lines: Entry[]) => JSON.stringify(judge(givenRun({ entries: lines })));
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expect(judged(shuffled)).toBe(judged(entries));
    }),
  );
});

test('a breach in the sound samples is a fail beside spoilt ones', () => {
  const entries = swap(first, { ...first, unit: 's' }).map((entry) =>
    entry === second ? { ...second, values: second.values.map(() => 30_001) } : entry,
  );
  expect(judge(givenRun({ entries })).gates[0]).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('besides: '),
  });
});

test('blocks that begin at the same moment are no clock running backwards', () => {
  expect(judge(givenRun({ entries: swap(second, { ...second, t0: first.t0 }) })).verdict).toBe('pass');
});
