/** The gates that are let go for a time: what each says, and who answers for it. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import { waivedGates } from '../triage.ts';
import { Anchor, Badge, Section } from './parts.ts';

export function Waived({ run }: { run: Run }) {
  const gates = waivedGates(run);
  if (gates.length === 0) return null;
  return html`<${Section} id="waived" title="Waived">
    <ol class="attention">
      ${gates.map(
        ({ id, says, verdict, reason, waived }) => html`<li class="v-${verdict}">
          <p><${Badge} verdict=${verdict} /> <b>${says}</b></p>
          <p class="reason">${cut(reason, MOST_REASON)}</p>
          <p>Waived until <b>${waived.expires}</b> by <b>${waived.owner}</b>: ${cut(waived.reason, MOST_REASON)}</p>
          <p class="id"><${Anchor} id=${id}>${id}</${Anchor}></p>
        </li>`,
      )}
    </ol>
  </${Section}>`;
}
