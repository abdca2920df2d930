/** Which migrators are killed: the build of which index, in which phase. */
import { type IndexDefinition, indexes } from '../../../impl/database/indexes.ts';
import { HELD_PHASES, type HeldPhase } from './build-hold.ts';

export interface Kill {
  readonly index: IndexDefinition;
  readonly phase: HeldPhase;
}

/**
 * All pairs of an index and a phase, in an order that `random` draws: any 11 that follow each other are about every index
 * and every phase, since 11 and 6 have no common divisor and so each pair comes once (Chinese remainder theorem).
 * @param count how many of them. @default all
 */
export function killsOf(random: () => number, count = indexes.length * HELD_PHASES.length): Kill[] {
  const [ofIndexes, ofPhases] = [shuffled(indexes, random), shuffled(HELD_PHASES, random)];
  return Array.from({ length: count }, (_, n) => ({
    index: ofIndexes[n % ofIndexes.length] as IndexDefinition,
    phase: ofPhases[n % ofPhases.length] as HeldPhase,
  }));
}

/** Fisher and Yates: every order is as likely. */
function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const rest = [...all];
  return all.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0] as T);
}
