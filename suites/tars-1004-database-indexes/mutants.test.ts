/** Mutants that the product has moved away from are told by `npm test`, and not only when one is tried. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import mutants from './mutants.ts';

const root = new URL('../../', import.meta.url);

test.each(Object.entries(mutants))(
  'the text that %s changes stands exactly once in its file',
  (_id, { file, find }) => {
    const source = readFileSync(new URL(file, root), 'utf8');
    expect(source.split(find).length - 1).toBe(1);
  },
);
