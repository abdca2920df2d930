/** The verdicts of a gate over many runs, told as stretches of the same one. */
import { html } from 'htm/preact';
import type { HistoryReport } from '../../schema/history.ts';
import type { Verdict } from '../../schema/verdict.ts';
import { counted, number } from '../quantity.ts';
import { MARKS } from '../triage.ts';

/** Stretches shown of a gate that turns again and again: the latest. */
const MOST = 12;

type Verdicts = HistoryReport['gates'][string]['verdicts'];

/** `✓ pass × 12, ✗ fail × 1`, oldest first. */
export function Stretches({ verdicts }: { verdicts: Verdicts }) {
  const all = stretchesOf(verdicts);
  const shown = all.slice(-MOST);
  const hidden = all.length - shown.length;
  return html`${hidden > 0 && html`<span class="quiet">${counted(hidden, 'turn')} before, </span>`}${shown.map(
    ({ verdict, runs }, at) =>
      html`${at > 0 && ', '}<span class="whole stretch ${verdict === null ? 'quiet' : `v-${verdict}`}">${verdict === null ? 'not judged' : `${MARKS[verdict]} ${verdict}`} × ${number(runs, 15)}</span>`,
  )}`;
}

function stretchesOf(verdicts: Verdicts): { verdict: Verdict | null; runs: number }[] {
  const stretches: { verdict: Verdict | null; runs: number }[] = [];
  for (const verdict of verdicts) {
    const last = stretches.at(-1);
    if (last !== undefined && last.verdict === verdict) last.runs += 1;
    else stretches.push({ verdict, runs: 1 });
  }
  return stretches;
}
