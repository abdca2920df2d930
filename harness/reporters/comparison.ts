/** Two runs against each other, as text for a terminal or a log: what was not alike first, then what changed, worst first. */
import pc from 'picocolors';
import { CHANGES, type Change, type Comparison } from '../schema/comparison.ts';
import { cut, MOST_REASON, oneLine } from './printable.ts';
import { counted, number } from './quantity.ts';

const WORDS: Record<Change, string> = {
  new: 'new: passed, and does not any more',
  worse: 'worse beyond noise',
  missing: 'missing: not judged any more',
  redefined: 'redefined: not the same promise',
  fixed: 'fixed: passes now',
  better: 'better beyond noise',
  added: 'added: not judged before',
  same: 'the same',
};

/** Lines ending in a newline; the last one counts what changed. */
export function renderComparison(
  { before, after, provenance, gates }: Comparison,
  { color }: { readonly color: boolean },
): string {
  const colors = pc.createColors(color);
  const paint = (change: Change, text: string) => {
    if (change === 'new' || change === 'worse') return colors.red(text);
    return change === 'fixed' || change === 'better' ? colors.green(text) : colors.yellow(text);
  };
  const blocks = [
    [colors.bold(`${oneLine(before)} → ${oneLine(after)}`)],
    provenance.map(({ what, before: b, after: a }) => `not alike: ${oneLine(what)}  ${oneLine(b)} → ${oneLine(a)}`),
    ...CHANGES.filter((change) => change !== 'same').map((change) => {
      const those = gates.filter((gate) => gate.change === change);
      const rows = those.flatMap((gate) => [
        `  ${oneLine(gate.id)}  ${side(gate.before)} → ${side(gate.after)}`,
        `    ${oneLine(cut(gate.reason, MOST_REASON))}`,
      ]);
      return those.length === 0 ? [] : [paint(change, WORDS[change]), ...rows];
    }),
    [summary(gates)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function side(one: Comparison['gates'][number]['before']): string {
  if (one === undefined) return 'not judged';
  const verdict = one.waived ? `${one.verdict}, waived` : one.verdict;
  return one.value === null ? verdict : `${verdict} (${number(one.value, 4)})`;
}

function summary(gates: Comparison['gates']): string {
  const counts = CHANGES.flatMap((change) => {
    const count = gates.filter((gate) => gate.change === change).length;
    return count === 0 ? [] : [`${count} ${change === 'same' ? 'the same' : change}`];
  });
  return `${counted(gates.length, 'gate')}: ${counts.join(', ') || 'none'}`;
}
