/**
 * The gates that keep a run from passing as workflow commands of GitHub Actions, which shows each beside the job.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { Gate, Run } from '../schema/run.ts';
import { cut, manyLines } from './printable.ts';
import { troubles } from './triage.ts';

/** GitHub shows so many errors, and as many warnings, of a step; the rest it drops. */
const MOST = 10;
const MOST_TEXT = 2_000;

/** A line each, worst first: `fail` as an error, what is not known as a warning; and one that says what is left out. */
export function renderAnnotations(run: Run): string {
  const all = troubles(run);
  const shown = all.length > MOST ? all.slice(0, MOST - 1) : all;
  const rest = all.length - shown.length;
  const lines = shown.map(annotation);
  if (rest > 0) lines.push(command('error', 'More gates', `${rest} more gates do not pass; summary.md has them.`));
  if (all.length === 0 && run.verdict !== 'pass')
    lines.push(command('error', 'The run', run.scope.missing.join(' ') || `The run is ${run.verdict}.`));
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(gate: Gate): string {
  const level = gate.verdict === 'fail' ? 'error' : 'warning';
  return command(level, `${gate.verdict}: ${gate.id}`, `${gate.says}\n${gate.reason}\nrerun: ${gate.rerun}`);
}

function command(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${property(title)}::${data(message)}`;
}

/** What ends a line would end the command, and begin another of the text's choosing. */
function data(text: string): string {
  return manyLines(cut(text, MOST_TEXT)).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
