import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashSources, NEEDED_FOLDERS, SCORED_FOLDERS } from './folders.ts';

function givenSources() {
  const root = mkdtempSync(join(tmpdir(), 'sources-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  for (const folder of [...SCORED_FOLDERS, ...NEEDED_FOLDERS]) write(`${folder}/a.ts`, 'one');
  return { root, write };
}

test.each([...SCORED_FOLDERS, ...NEEDED_FOLDERS])('any change of a file in %s is told by the hash', (folder) => {
  const { root, write } = givenSources();
  const before = hashSources(root);
  expect(hashSources(root)).toBe(before);
  write(`${folder}/a.ts`, 'two');
  const changed = hashSources(root);
  write(`${folder}/a.ts`, 'one');
  write(`${folder}/deep/a.test.ts`, '');
  const added = hashSources(root);
  renameSync(join(root, folder, 'deep/a.test.ts'), join(root, folder, 'deep/b.test.ts'));
  expect(new Set([before, changed, added, hashSources(root)]).size).toBe(4);
});

test('a file elsewhere changes nothing', () => {
  const { root, write } = givenSources();
  const before = hashSources(root);
  write('harness/cli/a.ts', 'two');
  expect(hashSources(root)).toBe(before);
});
