/** The READMEs of the suites that a run is about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from '../checks/discover.ts';
import { README_CHARACTERS, type Readme } from '../schema/readme.ts';

/** Of each suite once, in the order given; none of a suite without one: nothing hangs on it. */
export function readmesOf(root: string, suites: Iterable<Suite>): Readme[] {
  return [...new Set(suites)].flatMap(({ id, ticket, title, folder }) => {
    const text = readmeIn(join(root, folder));
    return text === undefined ? [] : [{ suite: id, ...(ticket === undefined ? {} : { ticket }), title, text }];
  });
}

function readmeIn(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, 'README.md'), 'utf8');
  } catch {
    return undefined;
  }
  if (text.length <= README_CHARACTERS) return text;
  return `${text.slice(0, README_CHARACTERS).toWellFormed()}…\n\n(${text.length - README_CHARACTERS} more characters in README.md)\n`;
}
