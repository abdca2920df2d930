import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MUTATION_FILE, readMutationScore } from './mutation-file.ts';

const score = {
  schemaVersion: 1,
  commit: null,
  dirty: true,
  sourcesSha256: 'a1',
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:05:00Z',
  goal: 0.85,
  folders: [],
};

test.each([
  ['of these sources', JSON.stringify(score), score],
  ['of other sources', JSON.stringify({ ...score, sourcesSha256: 'b2' }), undefined],
  ['of another schema', JSON.stringify({ ...score, schemaVersion: 2 }), undefined],
  ['cut', JSON.stringify(score).slice(0, -2), undefined],
])('a score %s', (_, text, expected) => {
  const output = mkdtempSync(join(tmpdir(), 'score-'));
  onTestFinished(() => rmSync(output, { recursive: true, force: true }));
  expect(readMutationScore(output, 'a1')).toBeUndefined();
  writeFileSync(join(output, MUTATION_FILE), text);
  expect(readMutationScore(output, 'a1')).toEqual(expected);
});
