/** Each gate by itself: the drawing, the reason, and the checks it was judged from. */
import { html } from 'htm/preact';
import type { Gate, Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import { boundText, counted, detectableText, quantity } from '../quantity.ts';
import { byTicket, MEANINGS } from '../triage.ts';
import { IntervalDrawing } from './interval-drawing.ts';
import { Anchor, Badge, Command, checkAnchor, Section, Terms } from './parts.ts';

/** In a run of more gates than this only those that do not pass are drawn, or the page would grow past what a browser likes. */
const MOST_DRAWN = 1000;

export function GateDetails({ run }: { run: Run }) {
  if (run.gates.length === 0) return null;
  const { arms } = run.provenance;
  const all = run.gates.length <= MOST_DRAWN;
  return html`<${Section} id="details" title="Gates one by one">
    ${!all && html`<p class="quiet">With more than ${counted(MOST_DRAWN, 'gate')}, those that pass are not drawn.</p>`}
    <p class="fold" hidden><button type="button" data-fold="open">Expand all</button> <button type="button" data-fold="close">Collapse all</button></p>
    ${byTicket(run).map(
      ({ name, gates }) => html`<div class="of-ticket"><h3>${name}</h3>
        ${gates.map((gate) => html`<${Detail} gate=${gate} arms=${arms} drawn=${all || gate.verdict !== 'pass'} />`)}</div>`,
    )}
  </${Section}>`;
}

function Detail({ gate, arms, drawn }: { gate: Gate; arms: Run['provenance']['arms']; drawn: boolean }) {
  const passes = gate.verdict === 'pass';
  return html`<details class="gate" id=${gate.id} data-v=${gate.verdict} open=${!passes}>
    <summary><${Badge} verdict=${gate.verdict} /> <b>${gate.says}</b> <code>${gate.id}</code></summary>
    <p class="reason">${cut(gate.reason, MOST_REASON)}</p>
    <div class="beside">
    ${drawn && gate.kind !== 'facts' && html`<${IntervalDrawing} gate=${gate} arms=${arms} />`}
    <${Terms} terms=${[
      ['Verdict', passes ? undefined : `${gate.verdict}: ${MEANINGS[gate.verdict]}`],
      ['Judged on', judgedOn(gate)],
      ['Would be called', detectableText(gate)],
      [
        'Checks',
        gate.checks.map((check, i) => html`${i > 0 && ', '}<${Anchor} id=${checkAnchor(check)}>${check}</${Anchor}>`),
      ],
    ]} />
    </div>
    <${Command} command=${gate.rerun} />
  </details>`;
}

const KINDS: Record<Gate['kind'], string> = {
  fix: 'fix: the baseline must break it',
  absolute: 'absolute: the candidate alone',
  guardrail: 'guardrail: the change against the baseline, over pairs of replicates',
  facts: 'facts of a check',
};

function judgedOn(gate: Gate): string {
  if (gate.kind === 'facts') return `${KINDS.facts}, ${boundText(gate)} broken`;
  const above = gate.threshold === undefined ? '' : ` ${quantity(gate.threshold, gate.unit)}`;
  return `${gate.statistic}${above} of ${gate.measure} ${boundText(gate)} (${KINDS[gate.kind]})`;
}
