/** What became of each gate over the runs before, as a small line with a mark for each change. */
import { html } from 'htm/preact';
import type { HistoryReport } from '../../schema/history.ts';
import type { Run } from '../../schema/run.ts';
import { counted, quantity, unitOf, valueText } from '../quantity.ts';
import { MARKS } from '../triage.ts';
import { Anchor, Section } from './parts.ts';

const WIDTH = 240;
const HEIGHT = 32;
const EDGE = 4;

export function History({ run }: { run: Run }) {
  const { history } = run;
  if (history === undefined || history.runs.length === 0) return null;
  const since = history.runs.at(-1)?.id;
  return html`<${Section} id="history" title="History">
    <p class="quiet">This run after ${counted(history.runs.length, 'run')} like it, the last ${since}. A bar marks where the values begin to be others (E-divisive, from 10 values on).</p>
    <${Ids} what="New since the last run" ids=${history.new} />
    <${Ids} what="Fixed since the last run" ids=${history.fixed} />
    <${Ids} what="Flaky: both outcomes on this commit" ids=${history.flaky} />
    <div class="scroll"><table>
      <thead><tr><th>Gate</th><th>Verdicts, oldest first</th><th>Values</th><th>Now</th><th>Begin to be others in</th></tr></thead>
      <tbody>${run.gates.map((gate) => {
        const row = history.gates[gate.id];
        return (
          row !== undefined &&
          html`<tr>
            <td><${Anchor} id=${gate.id}>${gate.id}</${Anchor}></td>
            <td class="mono">${row.verdicts.map((verdict) => html`<i class=${verdict === null ? '' : `v-${verdict}`} title=${verdict ?? 'not judged'}>${verdict === null ? '·' : MARKS[verdict]}</i>`)}</td>
            <td><${Sparkline} ...${row} text=${(value: number) => quantity(value, unitOf(gate), gate.limit)} /></td>
            <td class="n">${valueText(gate, gate.candidate)}</td>
            <td>${row.changes.map((at) => html`<div>${history.runs[at]?.id ?? 'this run'}</div>`)}</td>
          </tr>`
        );
      })}</tbody>
    </table></div>
  </${Section}>`;
}

function Ids({ what, ids }: { what: string; ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return html`<p><b>${what}:</b> ${ids.map((id, at) => html`${at > 0 && ', '}<${Anchor} id=${id}>${id}</${Anchor}>`)}</p>`;
}

interface SparklineOptions extends Pick<HistoryReport['gates'][string], 'values' | 'changes'> {
  readonly text: (value: number) => string;
}

function Sparkline({ values, changes, text }: SparklineOptions) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at: number) => EDGE + (at * (WIDTH - 2 * EDGE)) / (values.length - 1);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) * (HEIGHT - 2 * EDGE)) / (high - low);
  const points = values.flatMap((value, at) => (value === null ? [] : [`${x(at).toFixed(1)},${y(value).toFixed(1)}`]));
  const label = `${counted(known.length, 'value')} from ${text(low)} to ${text(high)}${changes.length === 0 ? '' : `, ${counted(changes.length, 'change')}`}`;
  return html`<svg class="sparkline" width=${WIDTH} height=${HEIGHT} viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label}>
    ${changes.map((at) => html`<line x1=${x(at - 0.5).toFixed(1)} x2=${x(at - 0.5).toFixed(1)} y1="0" y2=${HEIGHT} stroke="currentColor" stroke-dasharray="2 2" />`)}
    <polyline points=${points.join(' ')} fill="none" stroke="currentColor" stroke-width="1.5" />
  </svg>`;
}
