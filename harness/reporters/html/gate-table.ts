/** Every gate in one table, by ticket, worst first within each. */
import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Gate, Run } from '../../schema/run.ts';
import { VERDICTS } from '../../schema/verdict.ts';
import { cut } from '../printable.ts';
import { baselineText, intervalText, limitText, measuredText, number } from '../quantity.ts';
import { byTicket, countVerdicts, MARKS, MEANINGS } from '../triage.ts';
import { isLarge } from './large.ts';
import { Anchor, Badge, Counts, Section } from './parts.ts';
import { ticketAnchor } from './tickets.ts';

/** Rows laid out together: some screens. Each group costs a little at every frame, each row of one at the first. */
const AT_ONCE = 25;

export function GateTable({ run }: { run: Run }) {
  const { baseline, candidate } = run.provenance.arms;
  if (run.gates.length === 0) return null;
  const brief = isLarge(run);
  return html`<${Section} id="gates" title="Gates">
    <${Filter} run=${run} />
    <div class="scroll" tabindex="0" role="region" aria-label="Table of gates">
      <table class="gates" role="table">
        <thead role="rowgroup"><tr role="row">
          <${Head}>Verdict</${Head}><${Head}>Promise</${Head}>
          <${Head}>${candidate}<small>candidate</small></${Head}><${Head}>Limit</${Head}>
          <${Head}>${baseline}<small>baseline</small></${Head}><${Head}>Samples</${Head}><${Head}>Reason</${Head}>
        </tr></thead>
        ${byTicket(run).map(
          ({ name, gates, counts }) => html`<tbody class="heading" role="rowgroup">
            <tr class="group" role="row"><th role="rowheader" scope="rowgroup" colspan="7" id=${ticketAnchor(name)}>${name} <${Counts} counts=${counts} /></th></tr>
          </tbody>
          ${chunksOf(gates).map((chunk) => html`<tbody role="rowgroup">${chunk.map((gate) => html`<${Row} gate=${gate} brief=${brief && gate.verdict === 'pass'} />`)}</tbody>`)}`,
        )}
      </table>
    </div>
    <details class="legend">
      <summary>What the verdicts mean</summary>
      <ul class="plain">${VERDICTS.map((verdict) => html`<li><${Badge} verdict=${verdict} /> ${MEANINGS[verdict]}</li>`)}</ul>
    </details>
  </${Section}>`;
}

/** The rows of a ticket in groups, each of which a browser need not lay out before it is on screen. */
function chunksOf(gates: readonly Gate[]): Gate[][] {
  return Array.from({ length: Math.ceil(gates.length / AT_ONCE) }, (_, i) =>
    gates.slice(AT_ONCE * i, AT_ONCE * (i + 1)),
  );
}

/** Shown by the page's script only: without it these would do nothing. */
function Filter({ run }: { run: Run }) {
  return html`<form class="filter" role="search" hidden>
    <label>Search <input type="search" id="search" placeholder="id, promise, reason" autocomplete="off" /></label>
    <span class="pills" role="group" aria-label="Show only these verdicts">
      ${[...countVerdicts(run.gates)].map(
        ([verdict, count]) =>
          html`<button type="button" class="pill v-${verdict}" data-verdict=${verdict} aria-pressed="false"><i>${MARKS[verdict]}</i>${verdict} ${count}</button>`,
      )}
    </span>
    <output for="search" aria-live="polite"></output>
  </form>`;
}

/** The roles in this table repeat what its elements are: a narrow page shows them as blocks, which takes that away. */
function Head({ children }: { children?: ComponentChildren }) {
  return html`<th role="columnheader" scope="col">${children}</th>`;
}

/** A brief row leaves the reason to the gate by itself. */
function Row({ gate, brief }: { gate: Gate; brief: boolean }) {
  return html`<tr role="row" data-v=${gate.verdict}>
    <td role="cell"><${Badge} verdict=${gate.verdict} /></td>
    <td role="cell">${gate.says}<${Anchor} id=${gate.id}>${gate.id}</${Anchor}></td>
    <td role="cell" class="n">${measuredText(gate, gate.candidate)}<small>${intervalText(gate, gate.candidate)}</small></td>
    <td role="cell" class="n">${limitText(gate)}</td>
    <td role="cell" class="n">${baselineText(gate) ?? '–'}<small>${role(gate)}</small></td>
    <td role="cell" class="n">${number(gate.candidate.samples, 15)}${gate.kind === 'guardrail' && html`<small>pairs</small>`}</td>
    <td role="cell">${!brief && cut(gate.reason, 400)}</td>
  </tr>`;
}

/** Whether the baseline shows that the gate can tell the releases apart. */
function role(gate: Gate): string | undefined {
  if (gate.discriminates === undefined) return undefined;
  return gate.discriminates ? 'breaks the limit' : 'keeps the limit';
}
