/** Reads `observations.ndjson` back, whatever state a killed run left it in. */
import { createReadStream, existsSync } from 'node:fs';
import { z } from 'zod';
import { type Entry, entrySchema } from '../schema/entry.ts';

export interface ReadEntries {
  readonly entries: Entry[];
  /** What could not be read, a sentence each. */
  readonly damage: string[];
}

/** Longest line read, in characters: a batch of some three million numbers. */
const LINE_LENGTH_MAX = 64 * 1024 ** 2;

/** At most this many damaged lines are described one by one. */
const DESCRIBED = 5;

/** Reads every entry of the file at `path`; a missing file or damaged lines are told in `damage`, never thrown. */
export async function readEntries(path: string): Promise<ReadEntries> {
  if (!existsSync(path)) return { entries: [], damage: ['observations.ndjson is missing'] };
  const entries: Entry[] = [];
  const problems: string[] = [];
  let number = 0;
  try {
    for await (const line of linesOf(path)) {
      number += 1;
      if (line === '') continue;
      const entry = parse(line);
      if (typeof entry === 'string') problems.push(`line ${number} of observations.ndjson ${entry}`);
      else entries.push(entry);
    }
  } catch (error) {
    problems.push(`observations.ndjson cannot be read: ${(error as Error).message}`);
  }
  const hidden = problems.length - DESCRIBED;
  return {
    entries,
    damage: hidden > 0 ? [...problems.slice(0, DESCRIBED), `and ${hidden} more damaged lines`] : problems,
  };
}

/**
 * Split at newlines only: evidence may hold the other characters that `readline` takes for the end of a line.
 * @throws Error when a line is longer than anybody writes; it is not read into memory to its end
 */
async function* linesOf(path: string): AsyncGenerator<string> {
  /** Of the line that has no end yet; only each new piece is searched for one. */
  let pieces: string[] = [];
  let length = 0;
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 ** 2 })) {
    const [first = '', ...others] = (piece as string).split('\n');
    pieces.push(first);
    length += first.length;
    if (length > LINE_LENGTH_MAX) throw new Error(`a line is longer than ${LINE_LENGTH_MAX} characters`);
    const rest = others.pop();
    if (rest === undefined) continue;
    yield pieces.join('');
    yield* others;
    pieces = [rest];
    length = rest.length;
  }
  yield pieces.join('');
}

function parse(line: string): Entry | string {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return `is not whole JSON (${line.length} characters, cut while it was written?)`;
  }
  const result = entrySchema.safeParse(data);
  return result.success ? result.data : `is not a valid entry: ${z.prettifyError(result.error).split('\n')[0]}`;
}
