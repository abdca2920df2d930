/** Each way of spoiling a good run's lines takes the pass from the gate it touches and from the run. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckEnded, Entry, Observation } from '../schema/entry.ts';
import { countBatch, emptyTally, type Tally } from '../schema/tally.ts';
import { judge } from './judge.ts';
import { at, givenCheck, givenRun, honestEntries, times, whatHappened } from './saved-run.fixture.ts';

const honest = honestEntries(givenCheck());
const isObservation = (entry: Entry): entry is Observation => entry.type === 'observation';
const ofCandidate = (entry: Entry) => 'arm' in entry && entry.arm === 'candidate';
const samples = honest.filter(isObservation).filter(ofCandidate);
const [first, second] = samples as [Observation, Observation];
const end = honest.filter((entry): entry is CheckEnded => entry.type === 'check-ended').find(ofCandidate) as CheckEnded;

const swap = (from: Entry, to: Entry) => honest.map((entry) => (entry === from ? to : entry));
const counted = end.tally.measures.away_ms as Tally['measures'][string];
/** The end of the check with another count of its measure. */
const tally = (changes: Partial<typeof counted>): CheckEnded => ({
  ...end,
  tally: { ...end.tally, measures: { away_ms: { ...counted, ...changes } } },
});
/** The end of the check that counted just these lines, so that only the lines themselves can give them away. */
const counting = (lines: Observation[]): CheckEnded => {
  const all = { ...emptyTally(), facts: end.tally.facts };
  for (const { measure, values } of lines) countBatch(all, measure, values);
  return { ...end, tally: all };
};
const smuggle = (extra: Observation) => [...swap(end, counting([first, second, extra])), extra];
/** The candidate's lines replaced by these, and counted. */
const recount = (...lines: Observation[]) => [
  ...honest.filter((entry) => !(isObservation(entry) && ofCandidate(entry)) && entry !== end),
  ...lines,
  counting(lines),
];

const dayBefore = (moment: string) => new Date(Date.parse(moment) - 86_400_000).toISOString();

test('the run that is tampered with below passes', () => {
  expect(judge(givenRun({ entries: honest })).verdict).toBe('pass');
});

describe.each<[string, Entry[], string, RegExp]>([
  [
    'an observation removed',
    honest.filter((entry) => entry !== first),
    'error',
    /wrote 2 observations of away_ms, 1 are here/,
  ],
  ['truncated in the middle', honest.slice(0, honest.indexOf(second)), 'no-data', /did not finish/],
  [
    'a value removed',
    swap(first, { ...first, values: first.values.slice(1) }),
    'error',
    /wrote 36 values of away_ms, 35 are here/,
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
  ['a clock that went backwards before the end', swap(end, { ...end, at: at(-1) }), 'error', /clock went backwards/],
  [
    'a batch from before its check started',
    swap(first, { ...first, t0: at(-0.001) }),
    'error',
    /the clock went backwards: .* started at .*, a batch of .* began at/,
  ],
  [
    'a batch from after its check ended',
    swap(second, { ...second, t0: at(20.001) }),
    'error',
    /the clock went backwards: a batch of .* began at .*, .* ended at/,
  ],
  [
    'a check that started before its run',
    honest.map((entry) =>
      entry.type === 'check-started' && ofCandidate(entry) ? { ...entry, at: at(-5.001) } : entry,
    ),
    'error',
    /the clock went backwards: the run began at .*, .* started at/,
  ],
  [
    'every line moved to the day before the run',
    honest.map((entry) => {
      if (entry.type === 'observation') return { ...entry, t0: dayBefore(entry.t0) };
      return 'at' in entry ? { ...entry, at: dayBefore(entry.at) } : entry;
    }),
    'error',
    /the clock went backwards: the run began at/,
  ],
  ['a line doubled', [...honest, first], 'error', /block 0 of away_ms more than once/],
  ['a line doubled and counted', smuggle(first), 'error', /block 0 of away_ms more than once/],
  [
    'a line doubled, counted, and said to be of another moment',
    smuggle({ ...first, t0: at(5) }),
    'error',
    /block 0 of away_ms more than once/,
  ],
  ['the first block removed and not counted', recount(second), 'error', /block 1 of away_ms, but none from 0 to 0/],
  [
    'a block in the middle removed and not counted',
    recount(first, second, { ...second, block: 4 }),
    'error',
    /block 4 of away_ms, but none from 2 to 3/,
  ],
  [
    'a value changed',
    swap(first, { ...first, values: [401, ...first.values.slice(1)] }),
    'error',
    /other values of away_ms than are here: their sum differs/,
  ],
  ['a replicate too many', [...honest, { ...first, replicate: 1 }], 'error', /not in the scope: away_ms/],
  [
    'a check that nobody planned',
    [...honest, { ...first, check: 'acme-1/other' }],
    'error',
    /not in the scope: away_ms of acme-1\/other/,
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
  [
    'a wrong tally of observations',
    swap(end, tally({ observations: 3 })),
    'error',
    /wrote 3 observations of away_ms, 2 are here/,
  ],
  ['a wrong tally of values', swap(end, tally({ values: 35 })), 'error', /wrote 35 values of away_ms, 36 are here/],
])('%s', (_, entries, verdict, reason) => {
  const judged = () => judge(givenRun({ entries }));

  test('takes the pass from its gate, and says why', () => {
    expect(judged().gates.find(({ id }) => id === 'acme-1/back')).toMatchObject({
      verdict,
      reason: expect.stringMatching(reason),
    });
  });

  test('takes the pass from the run', () => {
    const run = judged();
    expect(run.verdict).toBe(run.gates.some((each) => each.verdict === 'error') ? 'error' : 'no-data');
  });
});

test('a measure that the check did not declare, though counted, makes the run an error', () => {
  for (const measure of ['other_ms', 'constructor']) {
    const run = judge(givenRun({ entries: smuggle({ ...first, block: 0, measure }) }));
    const sentence = `not in the scope: ${measure} of acme-1/drop on the candidate, replicate 0`;
    expect(run).toMatchObject({ verdict: 'error', scope: { missing: [sentence] } });
  }
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

test('two lines that changed their measures are told, though the numbers of lines and of values are as before', () => {
  const check = givenCheck({ measures: { away_ms: 'ms', quick_ms: 'ms' } });
  const values = { away_ms: [times(30, 60_000)], quick_ms: [times(30, 1)] };
  const entries = [
    ...honest.filter((entry) => !ofCandidate(entry)),
    ...whatHappened(check, { values }).map((entry) =>
      entry.type === 'observation'
        ? { ...entry, measure: entry.measure === 'away_ms' ? 'quick_ms' : 'away_ms' }
        : entry,
    ),
  ];
  expect(judge(givenRun({ checks: [check], entries })).gates[0]).toMatchObject({
    verdict: 'error',
    reason: expect.stringContaining('wrote other values of away_ms than are here'),
  });
});

test('samples of an execution whose clock went backwards prove nothing', () => {
  const entries = recount(first, { ...second, t0: at(21), values: second.values.map(() => 60_000) });
  expect(judge(givenRun({ entries })).gates[0]).toMatchObject({ verdict: 'error', candidate: { samples: 0 } });
});

test('a batch may begin in the very millisecond its check starts or ends', () => {
  const entries = recount({ ...first, t0: at(0) }, { ...second, t0: at(20) });
  expect(judge(givenRun({ entries })).verdict).toBe('pass');
});

test('of a doubled line neither copy counts', () => {
  const entries = smuggle({ ...first, values: [60_000] });
  expect(judge(givenRun({ entries })).gates[0]).toMatchObject({ verdict: 'error', candidate: { samples: 18 } });
});

test('the order of the lines does not matter to the judgement of contradicting ones', () => {
  const stranger = { check: 'acme-1/other', arm: 'candidate', replicate: 0, at: at(50) } as const;
  const entries: Entry[] = [
    ...honest,
    { ...end, at: at(-1), tally: { facts: 9, measures: {} } },
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

test('batches may overlap: a block may have begun with the one before it, or earlier', () => {
  for (const t0 of [first.t0, at(0.5)]) {
    expect(judge(givenRun({ entries: swap(second, { ...second, t0 }) })).verdict).toBe('pass');
  }
});
