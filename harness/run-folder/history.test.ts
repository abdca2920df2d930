import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { gate, HOSTILE, passingRun } from '../reporters/run.fixture.ts';
import type { Run } from '../schema/run.ts';
import { appendHistory, keepHistory, keptHistory, prepareHistory, readHistory } from './history.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, 'deep/history.ndjson');
});

const named = (id: string): Run => ({ ...passingRun(), id });
const ids = () => readHistory(file).lines.map(({ id }) => id);

const faulty = {
  schemaVersion: 1,
  id: 'x',
  startedAt: '2026-01-01T00:00:00.000Z',
  commit: null,
  dirty: false,
  arms: { baseline: 'v1', candidate: 'v2' },
  profile: 'smoke',
  narrowedBy: [],
  verdict: 'pass',
};

describe('a history', () => {
  test('gives back what was appended, in that order', () => {
    for (const id of ['b', 'a', 'c']) appendHistory(file, named(id));
    expect(ids()).toEqual(['b', 'a', 'c']);
    const { verdict, gates } = readHistory(file).lines[0] ?? {};
    expect({ verdict, ids: gates?.map(({ id }) => id) }).toEqual({
      verdict: 'pass',
      ids: passingRun().gates.map(({ id }) => id),
    });
  });

  test('that is a pipe or a folder is refused at once, and one that is not there is made', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const odd of [folder, pipe])
      expect(() => prepareHistory(odd)).toThrow(
        expect.objectContaining({ code: 'unwritable', message: expect.stringContaining('is no file') }),
      );
    prepareHistory(file);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('that cannot be read is told as such', () => {
    expect(() => readHistory(folder)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });

  test('that is not there has no lines', () => {
    expect(readHistory(file)).toEqual({ lines: [], problems: [] });
  });

  test('with a line that was cut in half loses that line alone, also to the next one', () => {
    appendHistory(file, named('whole'));
    const half = readFileSync(file, 'utf8').slice(0, 200);
    appendFileSync(file, half);
    appendHistory(file, named('next'));
    expect(ids()).toEqual(['whole', 'next']);
    expect(readHistory(file).problems).toEqual([expect.stringMatching(/line 2, is left out: it is no JSON/)]);
  });

  test.each([
    ['of another version', '{"schemaVersion":0,"id":"old"}', /schema version 0, this harness reads 1/],
    ['that says nothing of its version', '{}', /no schema version/],
    [
      'whose version is no number',
      JSON.stringify({ schemaVersion: 'x'.repeat(1_000) }),
      /: it is of no schema version, this harness reads 1$/,
    ],
    ['that lacks what a line must have', '{"schemaVersion":1,"id":"x"}', /startedAt/],
    ['that is null', 'null', /no schema version/],
    ['with many faults', JSON.stringify({ ...faulty, gates: Array(1_000).fill({}) }), /: gates\.0\.id: [^.]*$/],
  ])('a line %s is left out by name', (_, text, why) => {
    appendHistory(file, named('whole'));
    appendFileSync(file, `${text}\n\n`);
    expect(ids()).toEqual(['whole']);
    expect(readHistory(file).problems).toEqual([expect.stringMatching(why)]);
  });

  test('of hostile text is text', () => {
    appendHistory(file, { ...named(HOSTILE), gates: [gate({ id: HOSTILE })] });
    expect(readHistory(file)).toMatchObject({ problems: [], lines: [{ id: HOSTILE, gates: [{ id: HOSTILE }] }] });
  });

  test('of 100 MB is read from its end', () => {
    appendHistory(file, named('first'));
    const filler = `${JSON.stringify({ schemaVersion: 0, text: 'x'.repeat(1_000_000) })}\n`;
    for (let megabytes = 0; megabytes < 100; megabytes += 1) appendFileSync(file, filler);
    appendHistory(file, named('last'));
    const before = process.memoryUsage.rss();
    expect(ids()).toEqual(['last']);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
  });

  test('that processes write at the same time keeps every line whole', async () => {
    const runFile = join(folder, 'run.json');
    // Longer than a pipe's buffer or a page, so that a write that is not one would show.
    writeFileSync(
      runFile,
      JSON.stringify({ ...passingRun(), gates: Array.from({ length: 500 }, (_, n) => gate({ id: `acme-1/g-${n}` })) }),
    );
    const program = `
      import { readFileSync } from 'node:fs';
      import { appendHistory } from ${JSON.stringify(join(import.meta.dirname, 'history.ts'))};
      const run = JSON.parse(readFileSync(process.argv[1], 'utf8'));
      for (let n = 0; n < 50; n += 1) appendHistory(process.argv[2], { ...run, id: process.argv[3] + '-' + n });`;
    await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, runFile, file, name]),
      ),
    );
    const { lines, problems } = readHistory(file);
    expect(problems).toEqual([]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(150);
    expect(lines.every(({ gates }) => gates.length === 500)).toBe(true);
  });
});

test('what a run was held against is kept with it, a line of another version is left out by name, and a file that is no list is none', () => {
  appendHistory(file, named('before'));
  const { lines } = readHistory(file);
  keepHistory(folder, lines);
  expect(keptHistory(folder)).toEqual({ lines, problems: [] });
  const older = { schemaVersion: 0, id: 'old' };
  writeFileSync(join(folder, 'history.json'), JSON.stringify([older, ...lines]));
  expect(keptHistory(folder)).toEqual({
    lines,
    problems: [
      expect.stringMatching(/history\.json, line 1, is left out: it is of schema version 0, this harness reads 1$/),
    ],
  });
  writeFileSync(join(folder, 'history.json'), '{}');
  expect(keptHistory(folder)).toBeUndefined();
});
