/** What keeps the run from passing: failures first, each with its reason and the command that repeats it. */
import { html } from 'htm/preact';
import type { Gate, Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import { counted } from '../quantity.ts';
import { troubles } from '../triage.ts';
import { Anchor, Badge, Command, Quoting, Section } from './parts.ts';

/** More than this nobody reads as a list; the table has them all. */
const MOST = 50;

export function Attention({ run }: { run: Run }) {
  const gates = troubles(run);
  const rest = gates.length - MOST;
  const absent = run.provenance.components.filter(({ missing }) => missing !== undefined);
  return html`<${Section} id="attention" title="Failed and not known">
    <ol class="attention">
      ${absent.map(({ name, missing }) => html`<${Absent} name=${name} missing=${missing} />`)}
      ${gates.slice(0, MOST).map((gate) => html`<${Trouble} gate=${gate} />`)}
    </ol>
    ${rest > 0 && html`<p>${counted(rest, 'more gate')} in the <a href="#gates">table of gates</a>.</p>`}
    ${gates.length === 0 && html`<p class="quiet">${run.gates.length === 0 ? 'No gate was judged.' : 'None: every gate passes.'}</p>`}
  </${Section}>`;
}

/** A component that could not be had keeps many gates from being judged: told once, with the command that would get it. */
function Absent({ name, missing }: { name: string; missing: string }) {
  return html`<li class="v-no-data">
    <p><${Badge} verdict="no-data" /> <b>${name} could not be had</b></p>
    <p class="reason"><${Quoting} text=${cut(missing, MOST_REASON)} /></p>
  </li>`;
}

function Trouble({ gate }: { gate: Gate }) {
  return html`<li class="v-${gate.verdict}">
    <p><${Badge} verdict=${gate.verdict} /> <b>${gate.says}</b></p>
    <p class="reason">${cut(gate.reason, MOST_REASON)}</p>
    <p class="id"><${Anchor} id=${gate.id}>${gate.id}</${Anchor}></p>
    <${Command} command=${gate.rerun} />
  </li>`;
}
