/** What a reader must see first: verdicts in words, gates by urgency and by ticket, and the run in one sentence. */
import { reaches } from '../schema/promise.ts';
import type { Gate, Run } from '../schema/run.ts';
import { VERDICTS, type Verdict, worst } from '../schema/verdict.ts';
import { cut } from './printable.ts';
import { counted } from './quantity.ts';

/** A sign for each verdict, so that none is told by colour alone. Always shown beside the word. */
export const MARKS: Record<Verdict, string> = {
  fail: '✗',
  error: '!',
  'no-data': '∅',
  inconclusive: '?',
  marginal: '≈',
  pass: '✓',
};

/** What each verdict means, in one sentence. */
export const MEANINGS: Record<Verdict, string> = {
  fail: 'The promise is broken, and not by noise.',
  error: 'What was needed to judge broke.',
  'no-data': 'Too little was seen to judge.',
  inconclusive: 'What was seen does not decide it.',
  marginal: 'The limit is kept, but within the noise.',
  pass: 'The promise is kept.',
};

/** `PASS`, `FAIL`, and `NOT KNOWN` for all between. */
export function outcome(verdict: Verdict): 'PASS' | 'FAIL' | 'NOT KNOWN' {
  if (verdict === 'pass') return 'PASS';
  return verdict === 'fail' ? 'FAIL' : 'NOT KNOWN';
}

/** Worst first; promises before facts; otherwise in the order of the run. */
export function worstFirst(gates: readonly Gate[]): Gate[] {
  const rank = (gate: Gate) => VERDICTS.indexOf(gate.verdict) * 2 + (gate.kind === 'facts' ? 1 : 0);
  return gates.toSorted((a, b) => rank(a) - rank(b));
}

/** The gates that keep the run from passing, worst first. */
export function troubles(run: Run): Gate[] {
  return worstFirst(run.gates.filter((gate) => gate.verdict !== 'pass' && gate.waived === undefined));
}

/** The gates that would keep the run from passing and are let go for a time, worst first. */
export function waivedGates(run: Run): (Gate & { waived: NonNullable<Gate['waived']> })[] {
  return worstFirst(run.gates).filter(
    (gate): gate is ReturnType<typeof waivedGates>[number] => gate.waived !== undefined,
  );
}

/** `PASS`, or `PASS (2 waived)`. */
export function outcomeText(run: Run): string {
  const { length } = waivedGates(run);
  return length === 0 ? outcome(run.verdict) : `${outcome(run.verdict)} (${length} waived)`;
}

/** Who let a gate go, why, and for how long. */
export function waiverText({ owner, reason, expires }: NonNullable<Gate['waived']>): string {
  return `waived until ${expires} by ${owner}: ${reason}`;
}

export type GateGroup = { name: string; verdict: Verdict; gates: Gate[]; counts: Map<Verdict, number> };

/** Gates by ticket, or by suite where there is none, in the order of the names; worst first within each. */
export function byTicket(run: Run): GateGroup[] {
  const groups = Map.groupBy(run.gates, (gate) => gate.ticket ?? gate.suite);
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, gates]) => ({
      name,
      gates: worstFirst(gates),
      verdict: worst(gates.filter(({ waived }) => waived === undefined).map((gate) => gate.verdict)),
      counts: countVerdicts(gates),
    }));
}

/** How many gates have each verdict that occurs, worst first. */
export function countVerdicts(gates: readonly Gate[]): Map<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const verdict of VERDICTS) {
    const count = gates.filter((gate) => gate.verdict === verdict).length;
    if (count > 0) counts.set(verdict, count);
  }
  return counts;
}

/** `2 fail, 29 pass`. */
export function countsText(counts: ReadonlyMap<Verdict, number>): string {
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

const ENDINGS: Record<Run['ended'], string> = {
  finished: 'ended in order',
  bailed: 'stopped at the first failure',
  interrupted: 'was interrupted',
  deadline: 'ran into its deadline',
  killed: 'was killed',
};

/** How the run ended, as the end of a sentence that starts with "the run". */
export function endingText(run: Run): string {
  return ENDINGS[run.ended];
}

/** The run in one or two sentences: how many gates fail, how many are not known, and what limits the verdict. */
export function summarySentence(run: Run): string {
  const total = run.gates.length;
  const waived = waivedGates(run).length;
  const open = troubles(run);
  const failed = open.filter((gate) => gate.verdict === 'fail').length;
  const unknown = open.length - failed;
  const candidate = run.provenance.arms.candidate;
  const sentences: string[] = [];
  if (total === 0) sentences.push('No gate was judged.');
  else if (failed > 0) {
    const rest = unknown > 0 ? `; ${unknown} more ${unknown === 1 ? 'is' : 'are'} not known` : '';
    sentences.push(`${candidate} fails ${failed} of ${counted(total, 'gate')}${rest}.`);
  } else if (unknown > 0) {
    sentences.push(
      `No gate fails, but ${unknown} of ${counted(total, 'gate')} ${unknown === 1 ? 'is' : 'are'} not known.`,
    );
  } else {
    const judged = run.scope.complete ? '' : ' that were judged';
    const all = total === 1 ? 'its one gate' : `all ${counted(total, 'gate')}`;
    const which = waived === 0 ? all : `${total - waived} of ${counted(total, 'gate')}, the others are waived`;
    sentences.push(`${candidate} passes ${which}${judged}.`);
  }
  if (!run.scope.complete) sentences.push(unfinished(run));
  if (run.scope.narrowedBy.length > 0) sentences.push('It was narrowed and does not decide the whole release.');
  if (run.verdict !== 'fail' && !reaches(run.scope.profile, 'standard'))
    sentences.push(`Profile ${run.scope.profile} does not decide a release.`);
  if (isSameRelease(run)) sentences.push('Both arms are the same release: fixes were judged on the limit alone.');
  return sentences.join(' ');
}

/** Of the first thing missing, as much as a headline bears. */
const MOST_HEADLINE = 200;

function unfinished(run: Run): string {
  const [first, ...others] = run.scope.missing;
  if (run.ended !== 'finished' || first === undefined)
    return `The run did not finish its scope; it ${endingText(run)}.`;
  const rest = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `The run is not complete: ${cut(first.replace(/\.$/, ''), MOST_HEADLINE)}${rest}.`;
}

/** Whether this is an A/A run. */
export function isSameRelease(run: Run): boolean {
  return run.provenance.arms.baseline === run.provenance.arms.candidate;
}

/** Milliseconds between start and end; undefined for a run that was killed. */
export function elapsed_ms(run: Run): number | undefined {
  return run.endedAt === null ? undefined : Date.parse(run.endedAt) - Date.parse(run.startedAt);
}
