import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Entry } from '../schema/entry.ts';
import { EntryWriter } from './entry-writer.ts';
import { readEntries } from './read-entries.ts';

let path: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'entries-'));
  path = join(folder, 'observations.ndjson');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const fact = (name: string): Entry => ({
  type: 'fact',
  check: 'a/b',
  arm: 'candidate',
  replicate: 0,
  name,
  holds: true,
});

function write(...entries: Entry[]): void {
  const writer = new EntryWriter(path);
  for (const entry of entries) writer.append(entry);
  writer.close();
}

test('what was appended is read back, in order, by whoever opened the file', async () => {
  write(fact('one'), fact('two'));
  write(fact('three'));
  expect(await readEntries(path)).toEqual({ entries: [fact('one'), fact('two'), fact('three')], damage: [] });
});

test('a last line cut anywhere is told and costs nothing but itself', async () => {
  write(fact('one'), fact('two'));
  const whole = readFileSync(path);
  const second = whole.indexOf('\n') + 1;
  for (const length of [second + 1, second + 20, whole.length - 2]) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const { entries, damage } = await readEntries(path);
    expect(entries).toEqual([fact('one')]);
    expect(damage).toEqual([expect.stringContaining('line 2')]);
  }
});

test('a line that is JSON but no entry is damage, and names the line', async () => {
  write(fact('one'));
  appendFileSync(path, '{"type":"observation","values":[null]}\n');
  write(fact('two'));
  const { entries, damage } = await readEntries(path);
  expect(entries).toHaveLength(2);
  expect(damage).toEqual([expect.stringContaining('line 2')]);
});

test('a full disk is told with what to do', () => {
  const writer = new EntryWriter('/dev/full');
  expect(() => writer.append(fact('one'))).toThrow(/\/dev\/full cannot be written \(ENOSPC.* run it again/);
  writer.close();
});

test('many damaged lines are counted, not listed', async () => {
  writeFileSync(path, 'x\n'.repeat(1_000));
  const { damage } = await readEntries(path);
  expect(damage).toHaveLength(6);
  expect(damage.at(-1)).toBe('and 995 more damaged lines');
});

test('a line without an end is damage after 64 Mi characters, and is not searched again with every piece', async () => {
  write(fact('one'));
  const mebi = 'x'.repeat(1024 ** 2);
  for (let count = 0; count < 64; count += 1) appendFileSync(path, mebi);
  const before = process.cpuUsage();
  const whole = await readEntries(path);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
  expect(whole.entries).toEqual([fact('one')]);
  expect(whole.damage).toEqual([expect.stringContaining('line 2 of observations.ndjson is not whole JSON')]);
  appendFileSync(path, 'x');
  const { entries, damage } = await readEntries(path);
  expect(entries).toEqual([fact('one')]);
  expect(damage).toEqual(['observations.ndjson cannot be read: a line is longer than 67108864 characters']);
});

test('lines of every length around the size of a piece are read whole', async () => {
  const written = [-1, 0, 1].map((more) => fact('x'.repeat(1024 ** 2 - JSON.stringify(fact('')).length - 1 + more)));
  write(...written, fact('last'));
  expect(await readEntries(path)).toEqual({ entries: [...written, fact('last')], damage: [] });
});

test('a missing file is damage', async () => {
  expect(await readEntries(path)).toEqual({ entries: [], damage: ['observations.ndjson is missing'] });
});

test('several writers at once never cut each other short', async () => {
  const source = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(({ EntryWriter }) => {
      const writer = new EntryWriter(workerData.path);
      const values = Array.from({ length: 1024 }, (_, index) => index + workerData.block / 10);
      for (let round = 0; round < 50; round += 1)
        writer.append({ type: 'observation', check: 'a/b', arm: 'baseline', replicate: 0, measure: 'm', unit: 'ms', block: workerData.block, t0: '2026-01-01T00:00:00.000Z', values });
    });`;
  const module = new URL('./entry-writer.ts', import.meta.url).href;
  await Promise.all(
    [1, 2, 3, 4].map(
      (block) =>
        new Promise((resolve, reject) =>
          new Worker(source, { eval: true, workerData: { module, path, block } })
            .on('exit', resolve)
            .on('error', reject),
        ),
    ),
  );
  const { entries, damage } = await readEntries(path);
  expect(damage).toEqual([]);
  expect(entries).toHaveLength(200);
});
