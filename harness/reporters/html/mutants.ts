/** The matrix: each planted fault, where it comes from, and the gates that said `fail`. */
import { html } from 'htm/preact';
import type { MutantReport } from '../../schema/mutant.ts';
import type { Run } from '../../schema/run.ts';
import { VERDICTS, type Verdict } from '../../schema/verdict.ts';
import { counted, durationText } from '../quantity.ts';
import { MARKS } from '../triage.ts';
import { Command, Section } from './parts.ts';

export function Mutants({ run }: { run: Run }) {
  const { mutants } = run;
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
    <${Matrices} run=${run} />
  </${Section}>`;
}

/** For each ticket its mutants beside the gates that were judged with them planted. */
function Matrices({ run: { mutants = [] } }: { run: Run }) {
  const tickets = Map.groupBy(mutants, ({ ticket, id }) => ticket ?? id.slice(0, id.indexOf('/')));
  return [...tickets].map(([ticket, own]) => html`<${Matrix} ticket=${ticket} mutants=${own} />`);
}

function Matrix({ ticket, mutants }: { ticket: string; mutants: MutantReport[] }) {
  const gates = [...new Set(mutants.flatMap(({ verdicts }) => Object.keys(verdicts)))].toSorted();
  if (gates.length === 0) return null;
  return html`<details class="matrix"><summary><b>${ticket}</b> ${counted(mutants.length, 'mutant')} by ${counted(gates.length, 'gate')}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Mutants and gates of ${ticket}"><table>
      <thead><tr><th scope="col">Mutant</th>${gates.map((id) => html`<th scope="col"><span>${id.slice(id.indexOf('/') + 1)}</span></th>`)}</tr></thead>
      <tbody>${mutants.map(
        ({ id, verdicts }) => html`<tr><th scope="row"><code>${id.slice(id.indexOf('/') + 1)}</code></th>
          ${gates.map((gate) => html`<td><${Cell} verdict=${verdicts[gate]} /></td>`)}</tr>`,
      )}</tbody>
    </table></div>
  </details>`;
}

/** A gate that was not judged stays empty: its check was not needed to catch the mutant. */
function Cell({ verdict }: { verdict: string | undefined }) {
  const known = VERDICTS.find((one): one is Verdict => one === verdict);
  if (known === undefined) return verdict ?? '';
  return html`<i class="v-${known}" role="img" aria-label=${known}>${MARKS[known]}</i>`;
}
