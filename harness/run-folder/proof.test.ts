import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Proof } from '../schema/proof.ts';
import { keepProof, readProof } from './proof.ts';

const proof: Proof = {
  schemaVersion: 1,
  commit: 'abc',
  dirty: false,
  seed: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  complete: true,
  mutants: [],
  unturned: [],
  tooCoarse: [],
};
const here = { commit: 'abc', dirty: false };
let output: string;
let folder: string;

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'proof-'));
  folder = join(output, 'run');
  mkdirSync(folder);
  onTestFinished(() => rmSync(output, { recursive: true }));
});

const saved = (changes: Partial<Proof> = {}) =>
  writeFileSync(join(output, 'proof.json'), JSON.stringify({ ...proof, ...changes }));

test('the proof of this very code goes with the run', () => {
  saved();
  keepProof(output, folder, here);
  expect(readProof(folder)).toEqual(proof);
});

test.for<[string, Partial<Proof>, { commit: string | null; dirty: boolean }]>([
  ['of another commit', { commit: 'abd' }, here],
  ['made with uncommitted changes', { dirty: true }, here],
  ['of a commit that has changes now', {}, { ...here, dirty: true }],
  ['where nobody can tell the commit', { commit: null }, { commit: null, dirty: false }],
])('a proof %s does not', ([, changes, now]) => {
  saved(changes);
  keepProof(output, folder, now);
  expect(existsSync(join(folder, 'proof.json'))).toBe(false);
});

test('no proof, or half of one, is none', () => {
  keepProof(output, folder, here);
  writeFileSync(join(output, 'proof.json'), '{"schemaVersion":1');
  keepProof(output, folder, here);
  expect(readProof(folder)).toBeUndefined();
});
