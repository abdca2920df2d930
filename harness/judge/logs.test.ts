import { expect, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { type CheckReport, MOST_LOG_PARTS } from '../schema/run.ts';
import { judge } from './judge.ts';
import { finished, givenCheck, givenRun, type Happening, redis, whatHappened } from './saved-run.fixture.ts';

const PARTS_EACH = 2;
const check = givenCheck({ replicates: MOST_LOG_PARTS / PARTS_EACH, facts: ['it came back'], arms: ['candidate'] });

/** An execution in which two services wrote. */
function written(happening: Happening, of = check): Entry[] {
  const file = `${happening.arm ?? 'candidate'}-${happening.replicate ?? 0}`;
  return whatHappened(of, happening).map((entry) =>
    entry.type === 'check-ended'
      ? {
          ...entry,
          logs: ['api', 'engine'].map((name) => ({ file: `${file}-${name}.log`, from_bytes: 0, to_bytes: 9 })),
        }
      : entry,
  );
}

function logsOf(entries: Entry[], of = check): CheckReport['logs'] {
  return judge(givenRun({ checks: [of], promises: [], entries: [redis, ...entries, finished] })).checks[0]?.logs;
}

test('each part is told with its arm and replicate', () => {
  const both = givenCheck({ arms: ['baseline', 'candidate'] });
  const told = logsOf([...written({ arm: 'baseline' }, both), ...written({}, both)], both);
  expect(told).toContainEqual({
    arm: 'baseline',
    replicate: 0,
    file: 'baseline-0-api.log',
    from_bytes: 0,
    to_bytes: 9,
  });
  expect(told).toContainEqual({
    arm: 'candidate',
    replicate: 0,
    file: 'candidate-0-engine.log',
    from_bytes: 0,
    to_bytes: 9,
  });
  expect(told).toHaveLength(4);
});

test.each<[string, Happening]>([
  ['did not complete', { status: 'error', error: 'Error: no' }],
  ['broke a fact on the candidate', { facts: { 'it came back': false } }],
])('an execution that %s is marked, and comes first', (_, happening) => {
  const told = logsOf([...written({ replicate: 0 }), ...written({ ...happening, replicate: 1 })]);
  expect(told?.map(({ replicate, wrong }) => [replicate, wrong])).toEqual([
    [1, true],
    [1, true],
    [0, undefined],
    [0, undefined],
  ]);
});

test('a baseline that breaks a fact is not marked: it is there to', () => {
  const both = givenCheck({ facts: ['it came back'] });
  const broken = { 'it came back': false };
  const told = logsOf([...written({ arm: 'baseline', facts: broken }, both), ...written({}, both)], both);
  expect(told?.some(({ wrong }) => wrong)).toBe(false);
});

test('as many parts are kept as the schema lets pass, those that went wrong among them', () => {
  const more = { ...check, replicates: check.replicates + 1 };
  const right = Array.from({ length: check.replicates }, (_, replicate) => written({ replicate }, more)).flat();
  expect(logsOf(right, more)).toHaveLength(MOST_LOG_PARTS);
  const wrong = written({ replicate: check.replicates, status: 'error', error: 'Error: no' }, more);
  const told = logsOf([...right, ...wrong], more);
  expect(told).toHaveLength(MOST_LOG_PARTS);
  expect(told?.[0]?.replicate).toBe(check.replicates);
});

test('a check whose services wrote nothing, or that has none, has no logs', () => {
  expect(logsOf(whatHappened(check))).toBeUndefined();
});
