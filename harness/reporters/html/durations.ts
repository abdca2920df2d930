/** Where the minutes went: the longest checks, and what the others took together. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { counted, durationText } from '../quantity.ts';
import { elapsed_ms } from '../triage.ts';
import { Anchor, checkAnchor, Section } from './parts.ts';

const MOST = 12;

export function Durations({ run }: { run: Run }) {
  if (run.checks.length === 0) return null;
  const longest = run.checks.toSorted((a, b) => b.duration_ms - a.duration_ms);
  const shown = longest.slice(0, MOST);
  const rest = longest.slice(MOST);
  const sum = (checks: Run['checks']) => checks.reduce((total, check) => total + check.duration_ms, 0);
  const most = Math.max(1, shown[0]?.duration_ms ?? 0, sum(rest));
  const elapsed = elapsed_ms(run);
  return html`<${Section} id="durations" title="Where the minutes went">
    <p class="quiet">${counted(run.checks.length, 'check')} took ${durationText(sum(run.checks))} in all${
      elapsed === undefined ? '' : `, side by side within ${durationText(elapsed)}`
    }.</p>
    <table class="durations">
      <thead><tr><th scope="col">Check</th><th scope="col">Lane</th><th scope="col">Took</th><td></td></tr></thead>
      <tbody>
        ${shown.map(
          (check) => html`<tr>
            <th scope="row"><${Anchor} id=${checkAnchor(check.id)}>${check.id}</${Anchor}></th>
            <td>${check.lane}</td><td class="n">${durationText(check.duration_ms)}</td>
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

/** Only repeats the number beside it. */
function Bar({ share }: { share: number }) {
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.round(share * 1000) / 10} height="8" /></svg>`;
}
