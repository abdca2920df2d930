/** Where the minutes went: the longest checks, and what the others took together. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { counted, durationText, hasEnded, tookText } from '../quantity.ts';
import { elapsed_ms } from '../triage.ts';
import { Anchor, checkAnchor, Section } from './parts.ts';

const MOST = 12;

export function Durations({ run }: { run: Run }) {
  if (run.checks.length === 0) return null;
  const longest = run.checks.toSorted((a, b) => b.duration_ms - a.duration_ms);
  const whole = longest.every(({ startedAt }) => startedAt !== undefined) ? elapsed_ms(run) : undefined;
  const begin = Date.parse(run.startedAt);
  const shown = longest
    .slice(0, MOST)
    .toSorted((a, b) =>
      whole === undefined ? 0 : Date.parse(a.startedAt as string) - Date.parse(b.startedAt as string),
    );
  const rest = longest.slice(MOST);
  const most = Math.max(1, longest[0]?.duration_ms ?? 0, sum(rest));
  /** Where each stood in the run, or, of runs that did not keep it, how long it took beside the longest. */
  const placed = ({ startedAt, duration_ms }: Run['checks'][number]) =>
    whole === undefined || startedAt === undefined
      ? { share: duration_ms / most }
      : { from: (Date.parse(startedAt) - begin) / Math.max(1, whole), share: duration_ms / Math.max(1, whole) };
  return html`<${Section} id="durations" title="Where the minutes went">
    <p class="quiet">${tookInAll(run)}</p>
    <table class="durations">
      <thead><tr><th scope="col">Check</th><th scope="col">Lane</th><th scope="col">Took</th>${whole === undefined ? html`<td></td>` : html`<th scope="col">When, from the run's start to its end</th>`}</tr></thead>
      <tbody>
        ${shown.map(
          (check) => html`<tr>
            <th scope="row"><${Anchor} id=${checkAnchor(check.id)}>${check.id}</${Anchor}></th>
            <td>${check.lane}</td><td class="n">${tookText(check)}</td>
            <td><${Bar} ...${placed(check)} /></td>
          </tr>`,
        )}
        ${
          rest.length > 0 &&
          html`<tr><th scope="row">${counted(rest.length, 'other check')}</th><td></td><td class="n">${durationText(sum(rest))}</td>
            <td>${whole === undefined && html`<${Bar} share=${sum(rest) / most} />`}</td></tr>`
        }
      </tbody>
    </table>
  </${Section}>`;
}

function sum(checks: Run['checks']): number {
  return checks.reduce((total, check) => total + check.duration_ms, 0);
}

/** Of checks that did not end nothing is known. */
function tookInAll(run: Run): string {
  const all = run.checks.length;
  const ended = run.checks.filter(hasEnded);
  if (ended.length === 0) return all === 1 ? 'The check did not end.' : `None of the ${all} checks ended.`;
  const elapsed = elapsed_ms(run);
  const within = elapsed === undefined ? '' : `, side by side within ${durationText(elapsed)}`;
  const who = ended.length === all ? counted(all, 'check') : `${ended.length} of ${counted(all, 'check')} ended and`;
  return `${who} took ${durationText(sum(ended))} in all${within}.`;
}

/** Repeats the number beside it, and when that was. */
function Bar({ from = 0, share }: { from?: number; share: number }) {
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect x=${percent(from)} width=${Math.max(0.4, percent(share))} height="8" /></svg>`;
}

function percent(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
}
