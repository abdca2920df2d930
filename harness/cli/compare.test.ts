import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failingRun, gate, passingRun } from '../reporters/run.fixture.ts';
import type { Run } from '../schema/run.ts';
import { compare } from './compare.ts';

let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compare-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const of = (before: unknown, after: unknown, json = false) =>
  compare(file('before.json', before), file('after.json', after), { output: folder, json });

test.each([
  ['0 when nothing is worse', passingRun(), passingRun(), 0],
  [
    '0 when something is fixed',
    { ...passingRun(), gates: [gate({ verdict: 'fail' })] },
    { ...passingRun(), gates: [gate()] },
    0,
  ],
  [
    '1 when something is new',
    { ...passingRun(), gates: [gate()] },
    { ...passingRun(), gates: [gate({ verdict: 'fail' })] },
    1,
  ],
  [
    '0 when what is new is waived',
    { ...passingRun(), gates: [gate()] },
    {
      ...passingRun(),
      gates: [gate({ verdict: 'fail', waived: { owner: 'Ada', reason: 'x', expires: '2026-12-31' } })],
    },
    0,
  ],
  [
    '2 when a gate is missing',
    { ...passingRun(), gates: [gate(), gate({ id: 'acme-1/b' })] },
    { ...passingRun(), gates: [gate()] },
    2,
  ],
  ['2 when there is nothing to compare', { ...passingRun(), gates: [] }, { ...passingRun(), gates: [] }, 2],
] as [string, Run, Run, number][])('ends with %s', async (_, before, after, code) => {
  expect(await of(before, after)).toBe(code);
});

test('prints JSON that tells the same', async () => {
  await of(failingRun(), passingRun(), true);
  const { gates } = JSON.parse(printed) as { gates: { change: string }[] };
  expect(gates.filter(({ change }) => change === 'fixed').length).toBeGreaterThan(0);
});

test.each([
  ['half a file', '{"schemaVersion": 1, "id"', /before\.json is no JSON/],
  [
    'a run of an older schema, by its version',
    { ...passingRun(), schemaVersion: 0 },
    /schema version 0, this harness reads version 1/,
  ],
  ['something else', { schemaVersion: 1 }, /before\.json is not a run/],
  ['nothing', 'null', /before\.json is not a run/],
])('refuses %s', async (_, content, message) => {
  await expect(of(content, passingRun())).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringMatching(message),
  });
});

test('says of a run that there is none', async () => {
  await expect(compare('nowhere', 'latest', { output: folder })).rejects.toMatchObject({ code: 'not-found' });
});
