/** The certificate as text: a block a promise, a line a figure. */
import type { Findings } from './certify.ts';
import type { Figure } from './figure.ts';

export function certificateTable({ figures, met, quick }: Findings): string {
  const blocks = [...Map.groupBy(figures, ({ promise }) => promise)].map(([promise, own]) =>
    [promise, ...own.map(line)].join('\n'),
  );
  const missed = figures.filter((figure) => figure.met === false).length;
  const rough = quick ? ' (--quick: few simulations, rough figures)' : '';
  const end = met ? `CERTIFIED${rough}` : `NOT CERTIFIED: ${missed} of ${figures.length} figures are missed${rough}`;
  return `${blocks.join('\n\n')}\n\n${end}\n`;
}

function line({ of, required, measured, met }: Figure): string {
  const mark = met === undefined ? ' ' : met ? '✓' : '✗';
  return `  ${mark} ${measured}${required === '' ? '' : `, ${required} required`}: ${of}`;
}
