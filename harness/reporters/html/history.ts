/** What became of each gate over the runs before, as a small line with a mark for each change: first those that turned. */
import { html } from 'htm/preact';
import type { HistoryReport } from '../../schema/history.ts';
import type { Gate, Run } from '../../schema/run.ts';
import { counted, quantity, unitOf, valueText } from '../quantity.ts';
import { isLarge } from './large.ts';
import { Anchor, Section } from './parts.ts';
import { Stretches } from './stretches.ts';

/** Of more than these nobody reads a table. */
const MOST_TURNED = 200;

const WIDTH = 240;
const HEIGHT = 32;
const EDGE = 4;

export function History({ run }: { run: Run }) {
  const { history } = run;
  if (history === undefined || history.runs.length === 0) return null;
  const since = history.runs.at(-1)?.id;
  const known = run.gates.flatMap((gate) => {
    const row = history.gates[gate.id];
    return row === undefined ? [] : [{ gate, row }];
  });
  const turned = known.filter(({ row }) => hasTurned(row)).map(({ gate }) => gate);
  const steady = known.filter(({ row }) => !hasTurned(row)).map(({ gate }) => gate);
  return html`<${Section} id="history" title="History">
    <p class="quiet">This run after ${counted(history.runs.length, 'run')} like it, the last ${since}. A bar marks where the values begin to be others (E-divisive, from 10 values on; of the gates marked so at most 5 % by chance).</p>
    <${Ids} what="New since the last run" ids=${history.new} />
    <${Ids} what="Fixed since the last run" ids=${history.fixed} />
    <${Ids} what="Flaky: both outcomes on this commit" ids=${history.flaky} />
    ${turned.length > 0 && html`<${Table} label="Table of the gates that turned" gates=${turned.slice(0, MOST_TURNED)} history=${history} />`}
    ${turned.length > MOST_TURNED && html`<p>${counted(turned.length - MOST_TURNED, 'more gate')} turned or changed; each tells it by itself.</p>`}
    <${Steady} gates=${steady} history=${history} told=${!isLarge(run)} />
  </${Section}>`;
}

/** In a large run they are counted only: each tells its history by itself. */
function Steady({ gates, history, told }: { gates: Gate[]; history: HistoryReport; told: boolean }) {
  if (gates.length === 0) return null;
  const says = `${counted(gates.length, 'gate')} with one verdict and no change`;
  if (!told) return html`<p class="quiet">${says}.</p>`;
  return html`<details class="steady"><summary>${says}</summary>
    <${Table} label="Table of the gates that did not turn" gates=${gates} history=${history} />
  </details>`;
}

/** Whether a gate's history has more to say than that all is as it was. */
function hasTurned({ verdicts, changes }: HistoryReport['gates'][string]): boolean {
  return changes.length > 0 || new Set(verdicts.filter((verdict) => verdict !== null)).size > 1;
}

function Table({ label, gates, history }: { label: string; gates: Gate[]; history: HistoryReport }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table>
    <thead><tr><th scope="col">Gate</th><th scope="col">Verdicts, oldest first</th><th scope="col">Values</th><th scope="col">Now</th><th scope="col">Begin to be others in</th></tr></thead>
    <tbody>${gates.map((gate) => {
      const row = history.gates[gate.id] as HistoryReport['gates'][string];
      return html`<tr>
        <th scope="row"><${Anchor} id=${gate.id}>${gate.id}</${Anchor}></th>
        <td><${Stretches} verdicts=${row.verdicts} /></td>
        <td><${Sparkline} ...${row} text=${(value: number) => quantity(value, unitOf(gate), gate.limit)} /></td>
        <td class="n">${valueText(gate, gate.candidate)}</td>
        <td>${changedIn(row, history).map((id) => html`<div>${id}</div>`)}</td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}

/** The runs in which the values of a gate begin to be others. */
export function changedIn({ changes }: HistoryReport['gates'][string], { runs }: HistoryReport): string[] {
  return changes.map((at) => runs[at]?.id ?? 'this run');
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
