import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { README_CHARACTERS } from '../schema/readme.ts';
import { readmesOf } from './readmes.ts';

function rootWith(readmes: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'readmes-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [folder, text] of Object.entries(readmes)) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'README.md'), text);
  }
  return root;
}

const suite = (id: string) => ({ id, ticket: id.toUpperCase(), title: `The ${id}`, folder: id });

test('each suite is told once, one without a README not at all', () => {
  const [one, other] = [suite('acme-1'), suite('acme-2')];
  expect(readmesOf(rootWith({ 'acme-1': '# One' }), [one, other, one])).toEqual([
    { suite: 'acme-1', ticket: 'ACME-1', title: 'The acme-1', text: '# One' },
  ]);
});

test('one that is as long as may be is told whole, a longer one is cut and says so', () => {
  const long = 'x'.repeat(README_CHARACTERS);
  const [whole] = readmesOf(rootWith({ 'acme-1': long }), [suite('acme-1')]);
  expect(whole?.text).toBe(long);
  const [cut] = readmesOf(rootWith({ 'acme-1': `${long}y` }), [suite('acme-1')]);
  expect(cut?.text).toBe(`${long}…\n\n(1 more characters in README.md)\n`);
});
