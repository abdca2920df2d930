/** What is believed of one execution, and what is said against it, word for word. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { executionKey, groupEntries } from './executions.ts';
import { reviewExecution } from './review.ts';
import { at, givenCheck, whatHappened } from './saved-run.fixture.ts';

const check = givenCheck({ arms: ['candidate'], facts: ['b', 'a'] });
const honest = whatHappened(check, { values: { away_ms: [[1, 2], [3]] } });

function reviewed(entries: Entry[], planned = check) {
  const execution = groupEntries(entries).executions.get(executionKey(planned.id, 'candidate', 0));
  return reviewExecution(planned, 'candidate', 0, execution, [], at(-5));
}
const said = (entries: Entry[], planned = check) => reviewed(entries, planned).problems.map(({ says }) => says);
const changed = (type: Entry['type'], changes: object, which = 0) => {
  const target = honest.filter((entry) => entry.type === type)[which];
  return honest.map((entry) => (entry === target ? ({ ...entry, ...changes } as Entry) : entry));
};
const only = (...types: Entry['type'][]) => honest.filter(({ type }) => types.includes(type));

test('an honest execution has nothing against it; its batches stand in order, its facts by name', () => {
  const review = reviewed(honest.toReversed());
  expect(review).toMatchObject({ problems: [], failure: undefined, arm: 'candidate', replicate: 0 });
  expect(review.samples.get('away_ms')?.batches.map(({ observation }) => observation.values)).toEqual([[1, 2], [3]]);
  expect(review.facts.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a fact that is told twice stands broken first, then by its evidence', () => {
  const fact = only('fact')[0] as Extract<Entry, { type: 'fact' }>;
  const { facts } = reviewed([
    { ...fact, name: 'a', evidence: 'z' },
    { ...fact, name: 'a' },
    { ...fact, name: 'a', holds: false, evidence: 'y' },
    { ...fact, name: 'a', holds: false, evidence: 'x' },
  ]);
  expect(facts.map(({ holds, evidence }) => [holds, evidence])).toEqual([
    [false, 'x'],
    [false, 'y'],
    [true, undefined],
    [true, 'z'],
  ]);
});

describe('its end', () => {
  const where = 'acme-1/drop on the candidate';

  test.each<[string, Entry[], string[]]>([
    ['never started', [], [`${where} was never started`]],
    ['not ended', only('check-started'), [`${where} did not finish`]],
    ['interrupted', changed('check-ended', { status: 'interrupted' }), [`${where} did not finish`]],
    ['started twice', [...honest, ...only('check-started')], [`${where} was started 2 times`]],
    ['ended twice', [...honest, ...only('check-ended')], [`${where} ended 2 times`]],
  ])('%s is told', (_, entries, sentences) => {
    expect(said(entries)).toEqual(sentences);
  });

  test('by an error is a failure and not yet a problem, unless the harness ended it', () => {
    const failed = { status: 'error', error: 'boom\n  at once' };
    const failure = { verdict: 'error', says: `${where} ended with an error: boom` };
    expect(reviewed(changed('check-ended', failed))).toMatchObject({ failure, problems: [] });
    expect(reviewed(changed('check-ended', { ...failed, endedBy: 'harness' }))).toMatchObject({
      failure,
      problems: [failure],
    });
    expect(reviewed(changed('check-ended', { status: 'error' })).failure?.says).toBe(
      `${where} ended with an error: no message`,
    );
  });

  test('says which replicate where there are more', () => {
    expect(said([], { ...check, replicates: 2 })).toEqual([`${where}, replicate 0 was never started`]);
  });

  test('is not asked for where a component could not be had', () => {
    const blocked = [{ verdict: 'no-data' as const, says: 'no redis' }];
    expect(reviewExecution(check, 'candidate', 0, undefined, blocked, at(-5)).problems).toEqual(blocked);
  });
});

describe('its clock', () => {
  const told = (from: string, a: number, to: string, b: number) =>
    `the clock went backwards: ${from} at ${at(a)}, ${to} at ${at(b)}`;
  const where = 'acme-1/drop on the candidate';

  test.each<[Entry['type'], object, string]>([
    ['check-started', { at: at(-6) }, told('the run began', -5, `${where} started`, -6)],
    ['observation', { t0: at(-1) }, told(`${where} started`, 0, `a batch of ${where} began`, -1)],
    ['check-ended', { at: at(1) }, told(`a batch of ${where} began`, 2, `${where} ended`, 1)],
  ])('that went backwards at a %s is told, and no sample is believed', (type, changes, sentence) => {
    const review = reviewed(changed(type, changes));
    expect(review.problems.map(({ says }) => says)).toEqual([sentence]);
    expect(review.samples.get('away_ms')?.batches).toEqual([]);
  });

  test('may stand still', () => {
    const still = honest.map((entry) => ({
      ...entry,
      ...('at' in entry ? { at: at(-5) } : 't0' in entry ? { t0: at(-5) } : {}),
    }));
    expect(said(still as Entry[])).toEqual([]);
  });

  test('is held to the last of what was before, whichever line says it', () => {
    expect(said(changed('observation', { t0: at(21) }))).toEqual([
      told(`a batch of ${where} began`, 21, `${where} ended`, 20),
    ]);
    expect(said(changed('observation', { t0: at(21) }, 1))).toEqual([
      told(`a batch of ${where} began`, 21, `${where} ended`, 20),
    ]);
  });
});

describe('its lines', () => {
  const wrote = (what: string) => `lines do not add up: acme-1/drop on the candidate wrote ${what}`;

  test.each<[string, Entry[], string[]]>([
    ['a fact less', honest.filter((entry) => entry !== only('fact')[0]), [wrote('2 facts, 1 are here')]],
    [
      'all batches less',
      honest.filter(({ type }) => type !== 'observation'),
      [wrote('2 observations of away_ms, 0 are here'), wrote('3 values of away_ms, 0 are here')],
    ],
    ['a value less', changed('observation', { values: [1] }), [wrote('3 values of away_ms, 2 are here')]],
    [
      'another value',
      changed('observation', { values: [1, 7] }),
      [wrote('other values of away_ms than are here: their sum differs')],
    ],
    [
      'a measure more',
      [...honest, { ...(only('observation')[0] as Extract<Entry, { type: 'observation' }>), measure: 'a_ms' }],
      [wrote('0 observations of a_ms, 1 are here'), wrote('0 values of a_ms, 2 are here')],
    ],
  ])('%s than it says do not add up', (_, entries, sentences) => {
    expect(said(entries)).toEqual(sentences);
  });
});

describe('its samples', () => {
  const about = (entries: Entry[]) => {
    const { problems, batches } = reviewed(entries).samples.get('away_ms') ?? { problems: [], batches: [] };
    return { says: problems.map(({ says }) => says), blocks: batches.map(({ observation }) => observation.block) };
  };
  const where = 'acme-1/drop on the candidate gave';

  test.each<[string, Entry[], string, number[]]>([
    [
      'a block left out',
      changed('observation', { block: 3 }, 1),
      `${where} block 3 of away_ms, but none from 1 to 2`,
      [0, 3],
    ],
    ['a block twice', changed('observation', { block: 0 }, 1), `${where} block 0 of away_ms more than once`, []],
    ['another unit', changed('observation', { unit: 's' }), `${where} away_ms in s, expected ms`, [1]],
    [
      'what is no number',
      changed('observation', { values: [1, Number.NaN] }),
      `${where} a value of away_ms that is no finite number, in block 0`,
      [1],
    ],
  ])('%s is told, and only the others are believed', (_, entries, sentence, blocks) => {
    expect(about(entries)).toEqual({ says: [sentence], blocks });
  });
});
