/** The mutation score as text: a line a folder, and what no test noticed. */
import pc from 'picocolors';
import { type FolderScore, type MutationScore, reachesGoal } from '../schema/mutation-score.ts';
import { clip, oneLine } from './printable.ts';

/** So many undetected changes of a folder are shown; the file has them all. */
const SHOWN = 20;
const WIDTH = 120;

export function renderMutationScore(
  { folders, goal }: MutationScore,
  options: { color: boolean; path: string },
): string {
  const colors = pc.createColors(options.color);
  const blocks = folders.map((folder) => {
    const reached = reachesGoal(folder);
    const mark = reached ? colors.green('✓') : colors.red('✗');
    const shown = folder.undetected.slice(0, SHOWN).map(({ at, mutator, replacement, how }) => {
      const said = how === 'survived' ? 'no test failed' : 'no test ran it';
      return `    ${clip(oneLine(`${at} ${mutator} → ${replacement}: ${said}`), WIDTH)}`;
    });
    const hidden = folder.undetected.length - shown.length;
    return [
      `${mark} ${folder.folder} ${scoreText(folder)}, goal ${percent(goal)}`,
      ...shown,
      ...(hidden > 0 ? [`    and ${hidden} more`] : []),
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n\n${options.path}\n`;
}

/** `91.2 % of 803 changes noticed (730 failed a test, 2 ran on for ever; 68 survived, 3 were never run)` */
export function scoreText({ score, killed, timeout, survived, noCoverage }: FolderScore): string {
  const tried = killed + timeout + survived + noCoverage;
  return `${percent(score)} of ${tried} changes noticed (${killed} failed a test, ${timeout} ran on for ever; ${survived} survived, ${noCoverage} were never run)`;
}

/** Rounded down: 84.96 % has not reached 85 %. */
function percent(share: number): string {
  return `${(Math.floor(1_000 * share) / 10).toFixed(1)} %`;
}
