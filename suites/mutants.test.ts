/** Mutants that the product has moved away from are told by `npm test`, and not only when one is tried. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { MutantDeclaration } from '../harness/mutants/declared.ts';

type Suite = { readonly default: Readonly<Record<string, MutantDeclaration>> };

const files = globSync('*/mutants.ts', { cwd: import.meta.dirname });
const suites = await Promise.all(
  files.map((file): Promise<Suite> => import(pathToFileURL(join(import.meta.dirname, file)).href)),
);

test('every suite declares mutants', () => {
  expect(files).toHaveLength(globSync('*/promises.ts', { cwd: import.meta.dirname }).length);
});

test.each(suites.flatMap((suite) => Object.entries(suite.default)))(
  'the text that %s changes stands exactly once in its file',
  (_id, { file, find }) => {
    const source = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
    expect(source.split(find).length - 1).toBe(1);
  },
);
