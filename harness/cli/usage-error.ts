import { closest } from 'fastest-levenshtein';

/** The command was called wrongly; the message says how to call it. Ends in exit code 254. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/**
 * The valid name that `given` means, without regard to case.
 * @throws UsageError that names the nearest valid one
 */
export function oneOf(what: string, given: string, valid: readonly string[]): string {
  const found = valid.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found !== undefined) return found;
  if (valid.length === 0) throw new UsageError(`unknown ${what} "${given}": there are none`);
  throw new UsageError(
    `unknown ${what} "${given}": did you mean "${closest(given.toLowerCase(), [...valid])}"? Valid: ${valid.join(', ')}`,
  );
}
