/** How many changes to the judge's own code its tests notice: measured by `prove --stryker`, shown in the certificate. */
import { MUTATION_GOAL, type MutationScore, reachesGoal } from '../schema/mutation-score.ts';
import { type Figure, percentText } from './figure.ts';

const PROMISE = 'mutation score';
const REQUIRED = `>= ${percentText(MUTATION_GOAL)}`;

/** `score` is of the sources as they are now; without one the figure says how to get it, and decides nothing. */
export function mutationFigures(score: MutationScore | undefined): Figure[] {
  if (score === undefined) {
    const measured = 'not known of these sources, `npm run prove -- --stryker` measures it';
    return [{ promise: PROMISE, of: 'changes to the judge that its tests notice', required: REQUIRED, measured }];
  }
  return score.folders.map((folder) => ({
    promise: PROMISE,
    of: `changes to ${folder.folder} that its tests notice`,
    required: REQUIRED,
    measured: `${percentText(folder.score)} (${folder.killed + folder.timeout} of ${folder.killed + folder.timeout + folder.survived + folder.noCoverage})`,
    met: reachesGoal(folder),
  }));
}
