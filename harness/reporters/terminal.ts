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
  outcomeText,
  summarySentence,
  troubles,
  waivedGates,
  waiverText,
} from './triage.ts';
import { voidedText } from './voided.ts';

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
  const width = Math.max(20, options.width ?? 100);
  const groups = byTicket(run);
  const layout = layoutOf(run, groups, width);
  const blocks = [
    titleLines(run, colors, width),
    ...groups.map((group) => ticketLines(run, group, colors, layout)),
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
    : `${outcomeText(run)} · ${oneLine(summarySentence(run))}`;
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

/** Facts that all hold are told in one line a group, not in one a gate. */
function rowsOf(group: GateGroup): Gate[] {
  return group.gates.filter((gate) => !(gate.kind === 'facts' && gate.verdict === 'pass'));
}

/** Columns of a gate's cells; undefined where a line is too short for all three. */
type Layout = { width: number; cells: { id: number; measured: number; baseline: number } | undefined };

/** Below this many columns a gate takes two lines. */
const ONE_LINE = 60;

function layoutOf(run: Run, groups: readonly GateGroup[], width: number): Layout {
  if (width < ONE_LINE) return { width, cells: undefined };
  const rows = groups.flatMap((group) => rowsOf(group).map((gate) => cellsOf(run, group, gate)));
  const widest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, [...text].length), 0);
  const wanted = {
    id: widest(rows.map(({ id }) => id)),
    measured: widest(rows.map(({ measured }) => measured)),
    baseline: widest(rows.map(({ baseline }) => baseline)),
  };
  const room = width - 6;
  if (wanted.id + wanted.measured + wanted.baseline <= room) return { width, cells: wanted };
  const id = Math.min(wanted.id, Math.floor(room * 0.4));
  const baseline = Math.min(wanted.baseline, Math.floor(room * 0.25));
  return { width, cells: { id, measured: room - id - baseline, baseline } };
}

/** What a gate's line says. The suite is left out of its id where the group's name already says it. */
function cellsOf(run: Run, group: GateGroup, gate: Gate) {
  const prefix = `${group.name.toLowerCase()}/`;
  const baseline = baselineText(gate);
  return {
    id: oneLine(gate.id.startsWith(prefix) ? gate.id.slice(prefix.length) : gate.id),
    measured: oneLine(`${measuredText(gate, gate.candidate)} (${limitText(gate)})`),
    baseline: baseline === undefined ? '' : oneLine(`${run.provenance.arms.baseline} ${baseline}`),
  };
}

function ticketLines(run: Run, group: GateGroup, colors: Colors, layout: Layout): string[] {
  const { width } = layout;
  const rows = rowsOf(group);
  const compact = group.gates.length - rows.length;
  const name = clip(oneLine(group.name), width);
  const counts = clip(countsText(group.counts), width - 2);
  const head =
    [...name].length + counts.length < width
      ? [`${colors.bold(name)} ${colors.dim(counts)}`]
      : [colors.bold(name), `  ${colors.dim(counts)}`];
  const lines = rows.flatMap((gate) => gateLines(run, group, gate, colors, layout));
  const held = `all facts of ${counted(compact, 'check')} hold`;
  if (compact > 0) lines.push(`  ${paint('pass', MARKS.pass, colors)} ${clip(held, width - 4)}`);
  return [...head, ...lines];
}

/** Mark, id, measured against limit, baseline. */
function gateLines(run: Run, group: GateGroup, gate: Gate, colors: Colors, { width, cells }: Layout): string[] {
  const { id, measured, baseline } = cellsOf(run, group, gate);
  const mark = `  ${paint(gate.verdict, MARKS[gate.verdict], colors)}`;
  if (cells === undefined) {
    const both = baseline === '' ? measured : `${measured} · ${baseline}`;
    const parts = [...both].length <= width - 4 || baseline === '' ? [both] : [measured, baseline];
    return [`${mark} ${clip(id, width - 4)}`, ...parts.map((part) => `    ${clip(part, width - 4)}`)];
  }
  const row = `${mark} ${pad(id, cells.id)} ${pad(measured, cells.measured)}`;
  return [baseline === '' ? row.trimEnd() : `${row} ${colors.dim(clip(baseline, cells.baseline))}`];
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
  for (const check of run.checks) {
    const voided = voidedText(check);
    if (voided !== undefined) notes.push(`${oneLine(check.id)}: ${oneLine(voided)}`);
  }
  for (const [what, ids] of [
    ['new since the last run', run.history?.new],
    ['fixed since the last run', run.history?.fixed],
    ['flaky, both outcomes on this commit', run.history?.flaky],
  ] as const)
    if (ids !== undefined && ids.length > 0) notes.push(`${what}: ${listed(ids)}`);
  for (const gate of waivedGates(run))
    notes.push(`${gate.verdict} ${oneLine(gate.id)} ${oneLine(waiverText(gate.waived))}`);
  if (scope.narrowedBy.length > 0) notes.push(`narrowed by ${scope.narrowedBy.map(oneLine).join(' ')}`);
  const deferred = Map.groupBy(run.deferred, ({ decidableFrom }) => decidableFrom);
  for (const [profile, promises] of deferred) {
    notes.push(`deferred to ${profile}: ${listed(promises.map(({ id }) => id))}`);
  }
  return notes.flatMap((note) =>
    wrap(cut(note, MOST_REASON), width - 2).map((line, i) => colors.dim(i === 0 ? `· ${line}` : `  ${line}`)),
  );
}

/** The first five, and how many more. */
function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map(oneLine).join(', ');
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}

function paint(verdict: Verdict, text: string, colors: Colors): string {
  if (verdict === 'pass') return colors.green(text);
  return verdict === 'fail' || verdict === 'error' ? colors.red(text) : colors.yellow(text);
}

function pad(text: string, width: number): string {
  return clip(text, width).padEnd(width);
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
