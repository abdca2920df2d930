/** `mutation.json`: where `prove --stryker` leaves the score, and `prove --judge` finds it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MutationScore, mutationScoreSchema } from '../schema/mutation-score.ts';

export const MUTATION_FILE = 'mutation.json';

/** Undefined where there is none, or none that can be read, or it is of other sources than `sourcesSha256`. */
export function readMutationScore(output: string, sourcesSha256: string): MutationScore | undefined {
  let text: string;
  try {
    text = readFileSync(join(output, MUTATION_FILE), 'utf8');
  } catch {
    return undefined;
  }
  const read = mutationScoreSchema.safeParse(parsed(text));
  return read.success && read.data.sourcesSha256 === sourcesSha256 ? read.data : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
