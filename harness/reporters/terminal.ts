/** The final text of a run for a terminal or a log: a row a gate, then what failed, then verdict, report and command. */
import pc from 'picocolors';
import type { Gate, Run } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { clip, cut, MOST_REASON, oneLine } from './printable.ts';
import { baselineText, counted, durationText, limitText, measuredText } from './quantity.ts';
import {
  byTicket,
  countsText,
  elapsed_ms,
  type GateGroup,
  MARKS,
  outcome,
  summarySentence,
  troubles,
} from './triage.ts';

export type TerminalOptions = {
  /** Whether to use colours; the caller knows NO_COLOR, FORCE_COLOR and the stream. */
  color: boolean;
  /** Where report.html is, as the reader would open it. */
  reportPath: string;
  /** Why the run lets no release through though no gate fails, a sentence each. @default none */
  undecided?: readonly string[];
  /** Columns to fit in; commands and paths are never broken. @default 100 */
  width?: number;
};

type Colors = ReturnType<typeof pc.createColors>;

/** The run as lines ending in a newline. The last three always give the verdict, the report and the command that repeats it. */
export function renderTerminal(run: Run, options: TerminalOptions): string {
  const colors = pc.createColors(options.color);
  const width = Math.max(60, options.width ?? 100);
  const blocks = [
    titleLines(run, colors, width),
    ...byTicket(run).map((group) => ticketLines(run, group, colors, width)),
    troubleLines(run, colors, width),
    noteLines(run, colors, width),
    [
      ...verdictLines(run, options.undecided ?? [], colors, width),
      `report  ${oneLine(options.reportPath)}`,
      `repeat  ${oneLine(run.command)}`,
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function verdictLines(run: Run, undecided: readonly string[], colors: Colors, width: number): string[] {
  const open = undecided.length > 0 && run.verdict !== 'fail';
  const text = open
    ? `NOT KNOWN for release · ${oneLine(cut(undecided.join('; '), MOST_REASON))}`
    : `${outcome(run.verdict)} · ${oneLine(summarySentence(run))}`;
  const verdict = open ? 'no-data' : run.verdict;
  return wrap(text, width).map((line) => colors.bold(paint(verdict, line, colors)));
}

function titleLines(run: Run, colors: Colors, width: number): string[] {
  const { baseline, candidate } = run.provenance.arms;
  const elapsed = elapsed_ms(run);
  const parts = [`${run.product} ${candidate} against ${baseline}`, `profile ${run.scope.profile}`];
  if (elapsed !== undefined) parts.push(durationText(elapsed));
  return wrap(oneLine(parts.join(' · ')), width).map((line) => colors.bold(line));
}

function ticketLines(run: Run, group: GateGroup, colors: Colors, width: number): string[] {
  const compact = group.gates.filter((gate) => gate.kind === 'facts' && gate.verdict === 'pass');
  const rows = group.gates.filter((gate) => !compact.includes(gate));
  const lines = [
    `${colors.bold(clip(oneLine(group.name), width - 40))} ${colors.dim(clip(countsText(group.counts), 39))}`,
  ];
  for (const gate of rows) lines.push(gateLine(run, gate, colors, width));
  if (compact.length > 0) {
    lines.push(
      `  ${paint('pass', MARKS.pass, colors)} ${clip(`all facts of ${counted(compact.length, 'check')} hold`, width - 4)}`,
    );
  }
  return lines;
}

/** Mark, id, measured against limit, baseline: the id takes two fifths of the width, the rest is shared. */
function gateLine(run: Run, gate: Gate, colors: Colors, width: number): string {
  const room = width - 4;
  const id = Math.floor(room * 0.42);
  const base = Math.floor(room * 0.2);
  const measured = room - id - base - 2;
  const against = `${measuredText(gate, gate.candidate)} (${limitText(gate)})`;
  const baseline = baselineText(gate);
  const row = `  ${paint(gate.verdict, MARKS[gate.verdict], colors)} ${pad(gate.id, id)} ${pad(against, measured)}`;
  if (baseline === undefined) return row.trimEnd();
  return `${row} ${colors.dim(clip(oneLine(`${run.provenance.arms.baseline} ${baseline}`), base))}`;
}

function troubleLines(run: Run, colors: Colors, width: number): string[] {
  return troubles(run).flatMap((gate, i) => [
    ...(i === 0 ? [] : ['']),
    `${paint(gate.verdict, `${MARKS[gate.verdict]} ${gate.verdict}`, colors)} ${colors.bold(clip(oneLine(gate.id), width - 16))}`,
    ...wrap(oneLine(gate.says), width - 2).map((line) => `  ${line}`),
    ...wrap(oneLine(cut(gate.reason, MOST_REASON)), width - 2).map((line) => `  ${line}`),
    `  rerun  ${colors.cyan(oneLine(gate.rerun))}`,
  ]);
}

function noteLines(run: Run, colors: Colors, width: number): string[] {
  const { scope } = run;
  const notes = scope.missing.map((sentence) => `not complete: ${oneLine(sentence)}`);
  if (scope.narrowedBy.length > 0) notes.push(`narrowed by ${scope.narrowedBy.map(oneLine).join(' ')}`);
  const deferred = Map.groupBy(run.deferred, ({ decidableFrom }) => decidableFrom);
  for (const [profile, promises] of deferred) {
    const ids = promises.map(({ id }) => oneLine(id));
    const shown = ids.slice(0, 5).join(', ') + (ids.length > 5 ? ` and ${ids.length - 5} more` : '');
    notes.push(`deferred to ${profile}: ${shown}`);
  }
  return notes.flatMap((note) =>
    wrap(cut(note, MOST_REASON), width - 2).map((line, i) => colors.dim(i === 0 ? `· ${line}` : `  ${line}`)),
  );
}

function paint(verdict: Verdict, text: string, colors: Colors): string {
  if (verdict === 'pass') return colors.green(text);
  return verdict === 'fail' || verdict === 'error' ? colors.red(text) : colors.yellow(text);
}

function pad(text: string, width: number): string {
  return clip(oneLine(text), width).padEnd(width);
}

/** Breaks at spaces, and within a word only when it is longer than a line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}
