/** Each ticket in a line, and below it what its fixes changed: the baseline's value, the candidate's, the limit. */
import { html } from 'htm/preact';
import type { Readme } from '../../schema/readme.ts';
import type { Gate, Run } from '../../schema/run.ts';
import { counted, limitText, valueText } from '../quantity.ts';
import { byTicket, type GateGroup, MARKS } from '../triage.ts';
import { Anchor, Badge, Counts, Section } from './parts.ts';
import { readmeAnchor } from './readmes.ts';

/** Fixes shown for a ticket; the table has them all. */
const MOST = 4;

export function Tickets({ run }: { run: Run }) {
  const groups = byTicket(run);
  const { baseline, candidate } = run.provenance.arms;
  return html`<${Section} id="tickets" title="Tickets">
    ${run.gates.some((gate) => gate.kind === 'fix') && html`<p class="fix quiet"><span>What each fix changed</span><span class="n">${baseline} → ${candidate} (limit)</span></p>`}
    ${
      groups.length === 0
        ? html`<p class="quiet">No gate was judged.</p>`
        : html`<ul class="tickets">${groups.map((group) => html`<${Ticket} group=${group} readmes=${run.readmes?.filter((readme) => (readme.ticket ?? readme.suite) === group.name)} />`)}</ul>`
    }
  </${Section}>`;
}

function Ticket({ group: { name, verdict, gates, counts }, readmes = [] }: { group: GateGroup; readmes?: Readme[] }) {
  const fixes = gates.filter((gate) => gate.kind === 'fix');
  return html`<li>
    <p class="ticket"><${Badge} verdict=${verdict} /> <b><${Anchor} id=${ticketAnchor(name)}>${name}</${Anchor}></b>
      <span class="quiet">${counted(gates.length, 'gate')}</span> <${Counts} counts=${counts} />
      ${readmes.map((readme) => html`<${Anchor} id=${readmeAnchor(readme)}>README</${Anchor}>`)}</p>
    ${fixes.slice(0, MOST).map((gate) => html`<${Fix} gate=${gate} />`)}
    ${fixes.length > MOST && html`<p class="quiet">and ${counted(fixes.length - MOST, 'more fix', 'more fixes')}</p>`}
  </li>`;
}

function Fix({ gate }: { gate: Gate }) {
  return html`<p class="fix v-${gate.verdict}">
    <span><i aria-label=${gate.verdict} role="img">${MARKS[gate.verdict]}</i> <${Anchor} id=${gate.id}>${gate.says}</${Anchor}></span>
    <span class="n">${valueText(gate, gate.baseline)} → <b>${valueText(gate, gate.candidate)}</b> (${limitText(gate)})</span>
  </p>`;
}

/** The id of a ticket's rows in the table of gates. */
export function ticketAnchor(name: string): string {
  return `ticket:${name}`;
}
