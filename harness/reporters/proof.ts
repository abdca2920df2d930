/** The mutants and the gates that caught them, as text for a terminal or a log. */
import pc from 'picocolors';
import type { Proof } from '../schema/proof.ts';
import { counted, durationText } from './quantity.ts';

/** Lines ending in a newline; the last two say what the whole comes to and where it lies. */
export function renderProof(proof: Proof, { color, path }: { readonly color: boolean; readonly path: string }): string {
  const colors = pc.createColors(color);
  const rows = proof.mutants.map((mutant) => {
    const [mark, by] = mutant.caught
      ? [colors.green('✓'), mutant.caughtBy.join(', ')]
      : [colors.red('✗'), colors.red('not caught')];
    return `${mark} ${mutant.id}\n    ${mutant.says} (${mutant.source})\n    ${by}, ${durationText(mutant.duration_ms)}${mutant.caught ? '' : `\n    rerun  ${mutant.rerun}`}`;
  });
  const caught = proof.mutants.filter((mutant) => mutant.caught).length;
  const total_ms = Date.parse(proof.endedAt) - Date.parse(proof.startedAt);
  const each_ms = Math.round(total_ms / Math.max(1, proof.mutants.length));
  return [
    ...rows,
    '',
    ...proof.unturned.map((id) => colors.red(`✗ ${id} is turned by no mutant: nothing shows that it guards anything`)),
    ...proof.tooCoarse.map((id) => colors.red(`✗ ${id} breaks more than a third of its ticket's gates`)),
    `${caught} of ${counted(proof.mutants.length, 'mutant')} caught in ${durationText(total_ms)}, ${durationText(each_ms)} a mutant${proof.complete ? '' : '; not all were tried'}`,
    `proof   ${path}`,
    '',
  ].join('\n');
}
