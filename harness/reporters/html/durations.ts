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
  const shown = longest.slice(0, MOST);
  const rest = longest.slice(MOST);
  const most = Math.max(1, shown[0]?.duration_ms ?? 0, sum(rest));
  return html`<${Section} id="durations" title="Where the minutes went">
    <p class="quiet">${tookInAll(run)}</p>
    <table class="durations">
      <thead><tr><th scope="col">Check</th><th scope="col">Lane</th><th scope="col">Took</th><td></td></tr></thead>
      <tbody>
        ${shown.map(
          (check) => html`<tr>
            <th scope="row"><${Anchor} id=${checkAnchor(check.id)}>${check.id}</${Anchor}></th>
            <td>${check.lane}</td><td class="n">${tookText(check)}</td>
            <td><${Bar} share=${check.duration_ms / most} /></td>
          </tr>`,
        )}
        ${
          rest.length > 0 &&
          html`<tr><th scope="row">${counted(rest.length, 'other check')}</th><td></td><td class="n">${durationText(sum(rest))}</td>
            <td><${Bar} share=${sum(rest) / most} /></td></tr>`
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

/** Only repeats the number beside it. */
function Bar({ share }: { share: number }) {
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.round(share * 1000) / 10} height="8" /></svg>`;
}
