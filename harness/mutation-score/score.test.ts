import { expect, test } from 'vitest';
import { MutationReportError, scoreOf } from './score.ts';

const change = (status: string, line = 1) => ({
  id: '1',
  mutatorName: 'EqualityOperator',
  replacement: 'a <= b',
  status,
  location: { start: { line, column: 5 }, end: { line, column: 9 } },
});
const report = (files: Record<string, object[]>) =>
  JSON.stringify({
    schemaVersion: '2',
    files: Object.fromEntries(Object.entries(files).map(([file, mutants]) => [file, { language: 'ts', mutants }])),
  });
const times = (count: number, status: string) => Array.from({ length: count }, () => change(status));

test('a change is noticed when a test fails or runs on for ever, and what could not be tried does not count', () => {
  const mutants = [
    ...times(6, 'Killed'),
    ...times(2, 'Timeout'),
    change('Survived', 12),
    change('NoCoverage', 14),
    ...times(3, 'Ignored'),
    change('RuntimeError'),
    ...times(4, 'CompileError'),
  ];
  expect(scoreOf(report({ 'acme/part/a.ts': mutants }), 'acme/part')).toEqual({
    folder: 'acme/part',
    score: 0.8,
    killed: 6,
    timeout: 2,
    survived: 1,
    noCoverage: 1,
    ignored: 3,
    errors: 5,
    undetected: [
      { at: 'acme/part/a.ts:12:5', mutator: 'EqualityOperator', replacement: 'a <= b', how: 'survived' },
      { at: 'acme/part/a.ts:14:5', mutator: 'EqualityOperator', replacement: 'a <= b', how: 'no-coverage' },
    ],
  });
});

test('each folder has a score of its own, over all its files, and none of its neighbour whose name begins alike', () => {
  const files = {
    'acme/part/a.ts': times(1, 'Killed'),
    'acme/part/deep/b.ts': times(1, 'Survived'),
    'acme/parts/c.ts': times(5, 'Survived'),
  };
  expect(scoreOf(report(files), 'acme/part').score).toBe(0.5);
  expect(scoreOf(report(files), 'acme/parts').score).toBe(0);
});

test('a folder in which nothing was changed has no score to boast of', () => {
  expect(scoreOf(report({}), 'acme/part')).toMatchObject({ score: 0, undetected: [] });
});

test.each([
  ['no JSON', '{', /this is none/],
  ['another JSON', '{}', /this is none/],
  ['a status that nobody knows', report({ 'a/b.ts': [change('Maybe')] }), /this is none/],
  ['a change that was not tried', report({ 'a/b.ts': [change('Pending'), change('Killed')] }), /but 1 were not/],
])('%s is not taken for a report', (_, text, message) => {
  const read = () => scoreOf(text, 'a');
  expect(read).toThrow(MutationReportError);
  expect(read).toThrow(message);
});
