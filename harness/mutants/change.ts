/** A change of one source text, made in memory while the module is loaded. */

/** What goes to every process that loads the product: which file, and which text becomes which. */
export interface Change {
  /** Absolute path. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The text to be replaced does not stand in the file exactly once: the file has moved on, and the mutant has not. */
export class StaleMutantError extends Error {
  readonly code = 'stale-mutant';
  override readonly name = 'StaleMutantError';
}

/** `source` with the change made. @throws StaleMutantError unless the text stands there exactly once */
export function applyChange(source: string, { file, find, replace }: Change): string {
  const count = source.split(find).length - 1;
  if (count !== 1) {
    throw new StaleMutantError(`expected the text to stand once in ${file}, it stands ${count} times: ${find}`);
  }
  return source.replace(find, () => replace);
}
