import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Certificate } from '../schema/certificate.ts';
import type { Proof } from '../schema/proof.ts';
import { keepProofs, readCertificate, readProof } from './proof.ts';

const madeHere = {
  schemaVersion: 1,
  commit: 'abc',
  dirty: false,
  seed: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
} as const;
const proof: Proof = { ...madeHere, complete: true, mutants: [], unturned: [], tooCoarse: [] };
const figure = { promise: 'power', of: 'a gate', required: '>= 95 %', measured: '100 %', met: true };
const certificate: Certificate = { ...madeHere, quick: false, met: true, figures: [figure] };

const here = { commit: 'abc', dirty: false };
let output: string;
let folder: string;

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'proof-'));
  folder = join(output, 'run');
  mkdirSync(folder);
  onTestFinished(() => rmSync(output, { recursive: true }));
});

describe.for([
  { file: 'proof.json', made: proof, read: readProof },
  { file: 'certificate.json', made: certificate, read: readCertificate },
])('$file', ({ file, made, read }) => {
  const save = (changes: object = {}) => writeFileSync(join(output, file), JSON.stringify({ ...made, ...changes }));

  test('goes with the run when it was made on this very code', () => {
    save();
    keepProofs(output, folder, here);
    expect(read(folder)).toEqual(made);
  });

  test.for<[string, object, { commit: string | null; dirty: boolean }]>([
    ['made on another commit', { commit: 'abd' }, here],
    ['made with uncommitted changes', { dirty: true }, here],
    ['of a commit that has changes now', {}, { ...here, dirty: true }],
    ['made where nobody can tell the commit', { commit: null }, { commit: null, dirty: false }],
  ])('does not when it was %s', ([, changes, now]) => {
    save(changes);
    keepProofs(output, folder, now);
    expect(existsSync(join(folder, file))).toBe(false);
  });

  test('is as good as none when there is half of it', () => {
    keepProofs(output, folder, here);
    writeFileSync(join(output, file), '{"schemaVersion":1');
    keepProofs(output, folder, here);
    expect(read(folder)).toBeUndefined();
  });
});
