/** `summary.md`: the run as GitHub-flavoured Markdown for a CI job summary, failures first, always under 1 MiB. */
import type { Figure } from '../schema/certificate.ts';
import type { MutantReport } from '../schema/mutant.ts';
import type { Gate, Run } from '../schema/run.ts';
import { cut, oneLine } from './printable.ts';
import { baselineText, counted, durationText, intervalText, limitText, measuredText } from './quantity.ts';
import {
  byTicket,
  countsText,
  countVerdicts,
  elapsed_ms,
  endingText,
  MARKS,
  outcomeText,
  summarySentence,
  troubles,
  waivedGates,
  waiverText,
} from './triage.ts';

/** GitHub drops a summary of more than 1 MiB whole. */
const MOST_BYTES = 1024 * 1024 - 1;
/** Kept free for headings and for the sentences that say what was left out. */
const NOTES_BYTES = 4096;
const MOST_TEXT = 2000;

/** The run for a job summary. What does not fit is left out, with a sentence that says how much. */
export function renderSummary(run: Run): string {
  const end = `\n## Provenance\n\n${provenance(run)}\nRepeat this run:\n\n${block(run.command)}`;
  const page = new Page(MOST_BYTES - NOTES_BYTES - Buffer.byteLength(end));
  const { baseline, candidate } = run.provenance.arms;
  page.add(
    `# ${MARKS[run.verdict]} ${outcomeText(run)}: ${text(run.product)} ${text(candidate)} against ${text(baseline)}\n\n`,
  );
  page.add(`**${text(summarySentence(run))}** ${countsText(countVerdicts(run.gates))}\n`);
  page.list('\n## Failed and not known\n\n', 'gates that do not pass', troubles(run), trouble);
  page.list(
    '\n## Waived\n\n',
    'waived gates',
    waivedGates(run),
    (gate) => `- ${verdict(gate)} ${code(gate.id)}: ${text(waiverText(gate.waived))}\n`,
  );
  page.list('\n## Turned since the last run\n\n', 'turned gates', turned(run), (sentence) => `- ${sentence}\n`);
  page.list('\n## Not complete\n\n', 'missing things', run.scope.missing, (sentence) => `- ${text(sentence)}\n`);
  page.list(
    GATES_HEAD,
    'gates',
    byTicket(run).flatMap(({ gates }) => gates),
    row,
  );
  page.list('\n## Planted faults\n\n', 'mutants', run.mutants ?? [], mutant);
  page.list("\n## The judge's certificate\n\n", 'figures', run.certificate?.figures ?? [], figure);
  page.list(
    '\n## Deferred\n\n',
    'deferred promises',
    run.deferred,
    (promise) => `- ${code(promise.id)} from profile ${promise.decidableFrom}\n`,
  );
  return page.text + end;
}

const GATES_HEAD = `
## Gates

| Verdict | Gate | Measured | Limit | Baseline | Samples |
| --- | --- | --- | --- | --- | ---: |
`;

function row(gate: Gate): string {
  const interval = intervalText(gate, gate.candidate);
  const cells = [
    verdict(gate),
    `${code(gate.id)}<br>${text(gate.says)}`,
    text(measuredText(gate, gate.candidate)) + (interval === undefined ? '' : `<br>${text(interval)}`),
    text(limitText(gate)),
    text(baselineText(gate) ?? ''),
    String(gate.candidate.samples),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function mutant({ id, says, caught, caughtBy }: MutantReport): string {
  const by = caught ? caughtBy.map(code).join(', ') : '**not caught**';
  return `- ${MARKS[caught ? 'pass' : 'fail']} ${code(id)}: ${text(says)}: ${by}\n`;
}

/** What is only shown beside has no mark. */
function figure({ promise, of, measured, required, met }: Figure): string {
  const mark = met === undefined ? '' : `${MARKS[met ? 'pass' : 'fail']} `;
  return `- ${mark}${text(promise)}: ${text(measured)}${required === '' ? '' : ` (required: ${text(required)})`}: ${text(of)}\n`;
}

/** What passed in the last run and does not now, the other way round, and what does either on this commit. */
function turned({ history }: Run): string[] {
  if (history === undefined) return [];
  return [
    ...history.new.map((id) => `new: ${code(id)}`),
    ...history.fixed.map((id) => `fixed: ${code(id)}`),
    ...history.flaky.map((id) => `flaky on this commit: ${code(id)}`),
  ];
}

function trouble(gate: Gate): string {
  return `- **${verdict(gate)}** ${code(gate.id)}: ${text(gate.says)}  \n  ${text(gate.reason)}\n\n${block(gate.rerun, '  ')}\n`;
}

function verdict(gate: Gate): string {
  return `${MARKS[gate.verdict]} ${gate.verdict}`;
}

function provenance(run: Run): string {
  const { provenance, scope } = run;
  const elapsed = elapsed_ms(run);
  const facts = [
    ['Run', run.id],
    ['Profile', `${scope.profile}${scope.narrowedBy.length > 0 ? `, narrowed by ${scope.narrowedBy.join(' ')}` : ''}`],
    ['Ended', `the run ${endingText(run)}${elapsed === undefined ? '' : ` after ${durationText(elapsed)}`}`],
    ['Commit', `${provenance.commit ?? 'not known'}${provenance.dirty ? ' plus uncommitted changes' : ''}`],
    ['Promises', `sha256 ${provenance.promisesSha256}`],
    ['Machine', `${provenance.os}, ${provenance.cpu}, ${counted(provenance.cores, 'core')}, Node ${provenance.node}`],
    [
      'Components',
      provenance.components
        .map(({ name, version, missing }) => (missing === undefined ? `${name} ${version ?? ''}` : `${name} missing`))
        .join(', ') || 'none',
    ],
    ['Seed', String(run.seed)],
  ];
  return facts.map(([name, value]) => `- ${name}: ${text(value as string)}\n`).join('');
}

/** Text in which nothing is Markdown or HTML, on one line: fit for a table's cell too. */
function text(raw: string): string {
  return oneLine(cut(raw, MOST_TEXT))
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Code within a line. As HTML, because a Markdown code span cannot hold both a pipe and a backtick inside a table. */
function code(raw: string): string {
  return `<code>${text(raw)}</code>`;
}

/** A block of code whose fence is longer than any run of backticks in it. */
function block(raw: string, indent = ''): string {
  const line = oneLine(cut(raw, MOST_TEXT));
  const longest = Math.max(2, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${indent}${fence}sh\n${indent}${line}\n${indent}${fence}\n`;
}

/** Markdown with a bound on its size. The first parts take what they need; later ones get what is left. */
class Page {
  text = '';
  #left: number;

  constructor(most_bytes: number) {
    this.#left = most_bytes;
  }

  /** Appends a part of known, small size. */
  add(part: string): void {
    this.text += part;
    this.#left -= Buffer.byteLength(part);
  }

  /** Appends as many items as fit and says how many did not; nothing at all for an empty list. */
  list<Item>(head: string, what: string, items: readonly Item[], render: (item: Item) => string): void {
    if (items.length === 0) return;
    this.add(head);
    for (const [i, item] of items.entries()) {
      const part = render(item);
      if (Buffer.byteLength(part) > this.#left) {
        this.add(
          `\n${items.length - i} of ${items.length} ${what} are left out here to stay under 1 MiB; report.html has all.\n`,
        );
        return;
      }
      this.add(part);
    }
  }
}
