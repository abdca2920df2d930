import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CheckReport } from '../schema/run.ts';
import { withLogLines } from './log-lines.ts';

type Part = NonNullable<CheckReport['logs']>[number];

const place = { arm: 'candidate', replicate: 0 } as const;
const wrong = { ...place, wrong: true } as const;

/** What is told of these parts, of a run in whose `logs/` these files lie. */
function told(files: Record<string, string>, parts: Part[], listed = Object.keys(files)): Part[] {
  const folder = mkdtempSync(join(tmpdir(), 'log-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'logs'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'logs', name), text);
  const check = { id: 'acme-1/drop', logs: parts } as Partial<CheckReport> as CheckReport;
  return withLogLines([check], folder, new Set(listed))[0]?.logs ?? [];
}

test('parts are told by the numbers of their lines, as an editor counts them', () => {
  const [first, second] = told({ 'a.log': 'one\ntwo\nthree\n' }, [
    { ...place, file: 'a.log', from_bytes: 0, to_bytes: 4 },
    { ...place, file: 'a.log', from_bytes: 4, to_bytes: 14 },
  ]);
  expect(first).toMatchObject({ lines: [1, 1] });
  expect(second).toMatchObject({ lines: [2, 3] });
});

test('lines are counted over as many pieces as a file is read in', () => {
  const lines = 3 * 1024 * 1024 - 8;
  const [part] = told({ 'a.log': '\n'.repeat(lines) }, [
    { ...place, file: 'a.log', from_bytes: lines / 2, to_bytes: lines },
  ]);
  expect(part?.lines).toEqual([lines / 2 + 1, lines]);
});

test('of what went wrong the last lines are told, of nothing else, and none of the part before', () => {
  const text = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');
  const from_bytes = text.indexOf('line 9\n');
  const [bad, good, short] = told({ 'a.log': text }, [
    { ...wrong, file: 'a.log', from_bytes: 0, to_bytes: text.length },
    { ...place, file: 'a.log', from_bytes: 0, to_bytes: text.length },
    { ...wrong, file: 'a.log', from_bytes, to_bytes: from_bytes + 7 },
  ]);
  expect(bad?.end?.split('\n')).toHaveLength(30);
  expect(bad?.end).toMatch(/^line 10\n(line \d\d\n)*line 39$/);
  expect(good?.end).toBeUndefined();
  expect(short?.end).toBe('line 9');
});

test('however long its lines are, the end of a part is short', () => {
  const text = `${'a'.repeat(1_000_000)}\n${'b'.repeat(1_000)}\n`;
  const [part] = told({ 'a.log': text }, [{ ...wrong, file: 'a.log', from_bytes: 0, to_bytes: text.length }]);
  expect(part?.end).toBe(`${'b'.repeat(400)}…`);
});

test('of more than 40 parts that went wrong the first have their last lines', () => {
  const parts = Array.from({ length: 41 }, () => ({ ...wrong, file: 'a.log', from_bytes: 0, to_bytes: 2 }));
  expect(told({ 'a.log': 'a\n' }, parts).filter(({ end }) => end !== undefined)).toHaveLength(40);
});

test('a log that went away, and one that is not of the run, leave their parts as they were', () => {
  const parts = [
    { ...wrong, file: 'gone.log', from_bytes: 0, to_bytes: 2 },
    { ...wrong, file: '../secret', from_bytes: 0, to_bytes: 2 },
  ];
  expect(told({ '../secret': 's\n' }, parts, ['gone.log'])).toEqual(parts);
});
