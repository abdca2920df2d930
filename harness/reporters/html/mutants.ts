/** The matrix: each planted fault, where it comes from, and the gates that said `fail`. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { counted, durationText } from '../quantity.ts';
import { Command, Section } from './parts.ts';

export function Mutants({ run: { mutants } }: { run: Run }) {
  if (mutants === undefined || mutants.length === 0) return null;
  const caught = mutants.filter((mutant) => mutant.caught).length;
  return html`<${Section} id="mutants" title="Planted faults">
    <p>${caught} of ${counted(mutants.length, 'mutant')} caught. Each is one change of the candidate that a gate must see; they were tried on the commit of this run.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of mutants"><table class="facts">
      <thead><tr><th scope="col">Mutant</th><th scope="col">Caught by</th><th scope="col">Took</th></tr></thead>
      <tbody>${mutants.map(
        (mutant) => html`<tr>
          <th scope="row">${mutant.says}<br /><span class="quiet"><code>${mutant.id}</code> · ${mutant.source}</span></th>
          <td>${mutant.caught ? mutant.caughtBy.map((id) => html`<div><code>${id}</code></div>`) : html`<span class="badge v-fail"><i>✗</i>not caught</span><${Command} command=${mutant.rerun} />`}</td>
          <td class="n">${durationText(mutant.duration_ms)}</td>
        </tr>`,
      )}</tbody>
    </table></div>
  </${Section}>`;
}
