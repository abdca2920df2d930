import { expect, test } from 'vitest';
import type { FolderScore } from '../schema/mutation-score.ts';
import { renderMutationScore } from './mutation-score.ts';

const folder = (changes: Partial<FolderScore>): FolderScore => ({
  folder: 'acme/part',
  score: 0.85,
  killed: 84,
  timeout: 1,
  survived: 15,
  noCoverage: 0,
  ignored: 0,
  errors: 0,
  undetected: [],
  ...changes,
});
const rendered = (...folders: FolderScore[]) =>
  renderMutationScore(
    {
      schemaVersion: 1,
      commit: null,
      dirty: false,
      sourcesSha256: '0',
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:05:00Z',
      goal: 0.85,
      folders,
    },
    { color: false, path: 'reports/mutation.json' },
  );

test('says of each folder whether it reaches the goal, to the last change', () => {
  expect(rendered(folder({}), folder({ score: 0.8499, folder: 'acme/other' }))).toMatchInlineSnapshot(`
    "✓ acme/part 85.0 % of 100 changes noticed (84 failed a test, 1 ran on for ever; 15 survived, 0 were never run), goal 85.0 %

    ✗ acme/other 84.9 % of 100 changes noticed (84 failed a test, 1 ran on for ever; 15 survived, 0 were never run), goal 85.0 %

    reports/mutation.json
    "
  `);
});

test('shows where no test failed, twenty of them, and how many more there are', () => {
  const one = {
    at: 'acme/part/a.ts:3:7',
    mutator: 'StringLiteral',
    replacement: '"a\n\u001b[31mb"',
    how: 'survived',
  } as const;
  const lines = (count: number) => rendered(folder({ undetected: Array(count).fill(one) })).split('\n');
  expect(lines(20)).toHaveLength(24);
  expect(lines(20).join()).not.toContain('more');
  expect(lines(21)).toContain('    and 1 more');
  expect(lines(1)[1]).toMatchInlineSnapshot(`"    acme/part/a.ts:3:7 StringLiteral → "a b": no test failed"`);
});
