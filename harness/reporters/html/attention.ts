/** What keeps the run from passing: failures first, each with its reason and the command that repeats it. */
import { html } from 'htm/preact';
import type { Gate, Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import { counted } from '../quantity.ts';
import { notJudged, troubles } from '../triage.ts';
import { Anchor, Badge, Command, Section } from './parts.ts';

/** More than this nobody reads as a list; the table has them all. */
const MOST = 50;

export function Attention({ run }: { run: Run }) {
  const gates = troubles(run);
  const missing = notJudged(run);
  const rest = gates.length - MOST;
  return html`<${Section} id="attention" title="Failed and not known">
    <ol class="attention">
      ${gates.slice(0, MOST).map((gate) => html`<${Trouble} gate=${gate} />`)}
      ${missing.length > 0 && html`<${NotJudged} ids=${missing} command=${run.command} />`}
    </ol>
    ${rest > 0 && html`<p>${counted(rest, 'more gate')} in the <a href="#gates">table of gates</a>.</p>`}
    ${gates.length + missing.length === 0 && html`<p class="quiet">${run.gates.length === 0 ? 'No gate was judged.' : 'None: every gate passes.'}</p>`}
  </${Section}>`;
}

/** Gates that the scope expects and the run does not have. */
function NotJudged({ ids, command }: { ids: string[]; command: string }) {
  const rest = ids.length - MOST;
  return html`<li class="v-no-data">
    <p><${Badge} verdict="no-data" /> <b>${counted(ids.length, 'expected gate')} not judged</b></p>
    <p class="id">${ids.slice(0, MOST).join(', ')}${rest > 0 && ` and ${rest} more`}</p>
    <${Command} command=${command} />
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
