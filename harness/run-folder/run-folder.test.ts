import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Scope } from '../schema/scope.ts';
import { createRunFolder } from './create.ts';
import { unwritable } from './errors.ts';
import { FILES } from './files.ts';
import { findRunFolder, loadRun } from './load.ts';
import { look, preflight } from './preflight.ts';
import { hashPromises, promisesText, provenanceOf } from './provenance.ts';
import { applyRetention } from './retention.ts';
import { sealRun } from './seal.ts';

let output: string;

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'reports-'));
  onTestFinished(() => rmSync(output, { recursive: true }));
});

const promises: ReleasePromise[] = [
  {
    id: 'a/b',
    suite: 'a',
    kind: 'absolute',
    says: 'b is small',
    measure: 'b_ms',
    statistic: 'p95',
    operator: '<',
    limit: 5,
    unit: 'ms',
    minSamples: 3,
    decidableFrom: 'smoke',
  },
];

function scopeOf(id: string): Scope {
  const arms = { baseline: 'v1', candidate: 'v2' };
  return {
    schemaVersion: 1,
    id,
    product: 'test',
    command: 'npm run regression -- --seed 1',
    seed: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    profile: 'smoke',
    tickets: [],
    narrowedBy: [],
    checks: [],
    expected: [],
    deferred: [],
    provenance: provenanceOf(import.meta.dirname, arms, promises),
  };
}

function thrownBy(act: () => void): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

test('a run is found by its path, by its id and as the latest', () => {
  const first = createRunFolder(output, scopeOf('first'), promises);
  const second = createRunFolder(output, scopeOf('second'), promises);
  expect(findRunFolder(first, output)).toBe(first);
  expect(findRunFolder('first', output)).toBe(first);
  expect(findRunFolder('latest', output)).toBe(second);
  expect(readlinkSync(join(output, 'latest'))).toBe('runs/second');
});

test('a run that is not there is refused with the command that makes one', () => {
  expect(() => findRunFolder('latest', output)).toThrow(/no run "latest".*npm run regression/);
});

test('a folder killed right after its scope is readable', async () => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  const run = await loadRun(folder);
  expect(run.promises).toEqual(promises);
  expect(run.damage).toEqual(['observations.ndjson is missing']);
});

test('promises that were changed after the run began are damage', async () => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  const path = join(folder, FILES.promises);
  const written = readFileSync(path, 'utf8');
  // Of a key that stands twice a parser shows only the last: the bytes as written show both.
  for (const limit of ['"limit": 50', '"limit": 50, "limit": 5', '"limit": 5.0']) {
    writeFileSync(path, written.replace('"limit": 5', limit));
    expect((await loadRun(folder)).damage).toContainEqual(
      expect.stringMatching(/promises.json is not what the run began with/),
    );
  }
});

test('sealed files that cannot be read, or are folders, are damage', async () => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  const path = join(folder, FILES.observations);
  writeFileSync(path, '');
  await sealRun(folder);
  expect((await loadRun(folder)).damage).toEqual([]);
  rmSync(path);
  mkdirSync(path);
  const broken = 'observations.ndjson is not what the run ended with: its hash differs';
  expect((await loadRun(folder)).damage).toContain(broken);
  // Sealed without it, so that "nothing" is what was sealed.
  await sealRun(folder);
  expect((await loadRun(folder)).damage).toContain(broken);
});

test.for([FILES.proof, FILES.certificate])('a %s that came or changed after the end is damage', async (file) => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  writeFileSync(join(folder, FILES.observations), '');
  await sealRun(folder);
  const broken = `${file} is not what the run ended with: its hash differs`;
  expect((await loadRun(folder)).damage).not.toContain(broken);
  writeFileSync(join(folder, file), '{}');
  expect((await loadRun(folder)).damage).toContain(broken);
  await sealRun(folder);
  expect((await loadRun(folder)).damage).not.toContain(broken);
  writeFileSync(join(folder, file), '{ }');
  expect((await loadRun(folder)).damage).toContain(broken);
});

test('a run of another schema is refused by its version, with the commit that can read it', async () => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  const scope = { schemaVersion: 0, provenance: { commit: 'abc123' } };
  writeFileSync(join(folder, 'scope.json'), JSON.stringify(scope));
  await expect(loadRun(folder)).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringMatching(/is of schema version 0, this harness reads version 1: check out abc123, /),
  });
});

test('a scope with more replicates than a run can have is refused', async () => {
  const check = { id: 'a/b', suite: 'a', lane: 'timing', arms: ['candidate'], facts: [], measures: {}, components: [] };
  const planned = (replicates: number) => [{ ...check, replicates }] as unknown as Scope['checks'];
  const most = createRunFolder(output, { ...scopeOf('most'), checks: planned(1_000) }, promises);
  expect((await loadRun(most)).scope.checks).toHaveLength(1);
  const over = createRunFolder(output, { ...scopeOf('over'), checks: planned(1_001) }, promises);
  await expect(loadRun(over)).rejects.toThrow(/scope.json is not readable as a run/);
});

test('a half-written scope is refused with a sentence', async () => {
  const folder = createRunFolder(output, scopeOf('x'), promises);
  writeFileSync(join(folder, FILES.scope), '{"id":');
  await expect(loadRun(folder)).rejects.toThrow(/scope.json is not readable as a run.*run the regression again/s);
});

test('what bears the name of the link, and is none, stays: the run goes on and says so', () => {
  const latest = join(output, 'latest');
  for (const make of [() => mkdirSync(latest), () => writeFileSync(latest, 'mine')]) {
    make();
    const warnings: string[] = [];
    const folder = createRunFolder(output, scopeOf('x'), promises, (text) => warnings.push(text));
    expect(findRunFolder('x', output)).toBe(folder);
    expect(lstatSync(latest).isSymbolicLink()).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('is no link and stays as it is')]);
    rmSync(latest, { recursive: true });
  }
});

test('a link that leads nowhere is replaced', () => {
  symlinkSync('runs/gone', join(output, 'latest'));
  createRunFolder(output, scopeOf('x'), promises);
  expect(readlinkSync(join(output, 'latest'))).toBe('runs/x');
});

test('a folder that cannot be written is told once, and a full disk is not called unwritable', () => {
  const folder = join(output, 'runs', 'x', FILES.promises);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'in the way'), '');
  const { message } = thrownBy(() => createRunFolder(output, scopeOf('x'), promises));
  expect(message.split('--output DIR')).toHaveLength(2);
  const full = unwritable('/x', Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
  expect(full).toMatchObject({ code: 'no-space', message: expect.stringMatching(/free some space, or choose/) });
});

test('a report folder that cannot be written is refused with what to do', () => {
  const file = join(output, 'file');
  writeFileSync(file, '');
  expect(() => createRunFolder(file, scopeOf('x'), promises)).toThrow(/cannot write .*--output DIR/);
});

test('retention keeps the newest, the one named, and those that may still be going on', () => {
  for (const id of ['1', '2', '3', '4', '5']) {
    const folder = createRunFolder(output, scopeOf(id), promises);
    if (id !== '2') writeFileSync(join(folder, FILES.run), '{}');
  }
  expect(applyRetention(output, { runs: 2, keep: '1' }).removed).toEqual(['3']);
  expect(readdirSync(join(output, 'runs'))).toEqual(['1', '2', '4', '5']);
});

test('retention keeps what latest names, and touches no folder that is not the run it says', () => {
  for (const id of ['1', '2', '3', '4']) {
    writeFileSync(join(createRunFolder(output, scopeOf(id), promises), FILES.run), '{}');
  }
  renameSync(join(output, 'runs', '1'), join(output, 'runs', 'copied-by-hand'));
  mkdirSync(join(output, 'runs', '0'));
  writeFileSync(join(output, 'runs', '0', FILES.scope), 'another tool');
  rmSync(join(output, 'latest'));
  symlinkSync('runs/2', join(output, 'latest'));
  expect(applyRetention(output, { runs: 1, keep: '4' })).toEqual({ removed: ['3'], problems: [] });
  expect(readdirSync(join(output, 'runs'))).toEqual(['0', '2', '4', 'copied-by-hand']);
});

test('retention removes a killed run once it is a day old', () => {
  const folder = createRunFolder(output, scopeOf('1'), promises);
  createRunFolder(output, scopeOf('2'), promises);
  const old = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(folder, old, old);
  expect(applyRetention(output, { runs: 1, keep: '2' }).removed).toEqual(['1']);
});

test('retention holds the total size, the newest first', () => {
  for (const id of ['1', '2', '3']) {
    const folder = createRunFolder(output, scopeOf(id), promises);
    writeFileSync(join(folder, FILES.run), 'x'.repeat(100_000));
  }
  expect(applyRetention(output, { total_bytes: 250_000, keep: '3' }).removed).toEqual(['1']);
});

test('a run that cannot be removed is told, and keeps neither the others nor the verdict from their end', () => {
  for (const id of ['1', '2', '3'])
    writeFileSync(join(createRunFolder(output, scopeOf(id), promises), FILES.run), '{}');
  const locked = join(output, 'runs', '2');
  // Root may remove anything, so it becomes somebody else meanwhile.
  for (const path of [output, join(output, 'runs'), join(output, 'runs', '1')]) chmodSync(path, 0o777);
  for (const path of [locked, join(output, 'runs', '1', FILES.logs)]) chmodSync(path, 0o555);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  const { removed, problems } = applyRetention(output, { runs: 1, keep: '3' });
  if (isRoot) process.seteuid?.(0);
  chmodSync(locked, 0o755);
  expect(removed).toEqual(['1']);
  expect(problems).toEqual([expect.stringMatching(/runs\/2 could not be removed: EACCES/)]);
});

test('no folder of runs at all is told too', () => {
  expect(applyRetention(join(output, 'nowhere'), { keep: '1' })).toEqual({
    removed: [],
    problems: [expect.stringContaining('ENOENT')],
  });
});

test('preflight stops a run that could not be written, and only warns of the rest', () => {
  const machine = { disk_bytes: 1e10, temporary_bytes: 1e10, memory_bytes: 1e10, load: 2, cores: 2 };
  expect(preflight(machine)).toEqual([]);
  expect(() => preflight({ ...machine, disk_bytes: 512 * 1024 ** 2 - 1 })).toThrow(/of disk are free/);
  expect(preflight({ ...machine, disk_bytes: 512 * 1024 ** 2 })).toEqual([]);
  expect(() => preflight({ ...machine, temporary_bytes: 512 * 1024 ** 2 - 1 })).toThrow(/are free in .*TMPDIR/);
  expect(preflight({ ...machine, temporary_bytes: 512 * 1024 ** 2 })).toEqual([]);
  expect(preflight({ ...machine, load: 2.1 })).toEqual([expect.stringContaining('busy')]);
  expect(preflight({ ...machine, memory_bytes: 1e9 })).toEqual([expect.stringContaining('memory')]);
});

test('pre-flight looks where the reports are and where the components keep their data', () => {
  const temporary = process.env.TMPDIR;
  onTestFinished(() => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  });
  expect(look(output).temporary_bytes).toBeGreaterThan(0);
  process.env.TMPDIR = join(output, 'nowhere');
  expect(() => look(output)).toThrow('Set TMPDIR to a folder that exists and is writable');
});

test('the fingerprint of the promises changes with any of their fields', () => {
  const [promise] = promises;
  const hashOf = (some: ReleasePromise[]) => hashPromises(promisesText(some));
  expect(hashOf([{ ...promise, limit: 6 } as ReleasePromise])).not.toBe(hashOf(promises));
});
