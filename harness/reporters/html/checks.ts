/** What was done and what held: each check with its facts on both arms, its error, and its command. */
import { html } from 'htm/preact';
import type { CheckReport, Run } from '../../schema/run.ts';
import { cut } from '../printable.ts';
import { counted, tookText } from '../quantity.ts';
import { voidedText } from '../voided.ts';
import { CheckLogs } from './check-logs.ts';
import { attachmentsByFile, Evidence } from './evidence.ts';
import { isLarge } from './large.ts';
import { Command, checkAnchor, Folded, Section } from './parts.ts';

const MOST_EVIDENCE = 1000;
/** Different sentences of evidence shown for a fact that held in every replicate. */
const MOST_SENTENCES = 3;

type FactReport = CheckReport['facts'][number];

export function Checks({ run }: { run: Run }) {
  if (run.checks.length === 0) return null;
  const later = isLarge(run);
  const attachments = attachmentsByFile(run);
  return html`<${Section} id="checks" title="Checks and their facts">
    ${run.checks.map((check) => html`<${Check} check=${check} arms=${run.provenance.arms} later=${later} attachments=${attachments} />`)}
  </${Section}>`;
}

interface CheckProps {
  check: CheckReport;
  arms: Run['provenance']['arms'];
  later: boolean;
  attachments: ReturnType<typeof attachmentsByFile>;
}

function Check({ check, arms, later, attachments }: CheckProps) {
  const broken = check.facts.filter((fact) => fact.arm === 'candidate' && !fact.holds).length;
  const bad = check.status !== 'completed' || broken > 0;
  return html`<details class="check" id=${checkAnchor(check.id)} open=${bad}>
    <summary>
      <b>${check.id}</b>
      <span class="quiet">${check.lane} · ${tookText(check)} · ${factsText(check)}</span>
      ${check.status !== 'completed' && html`<span class="badge v-error"><i>!</i>${check.status}</span>`}
      ${broken > 0 && html`<span class="badge v-fail"><i>✗</i>${broken} broken on ${arms.candidate}</span>`}
    </summary>
    <${Folded} later=${later && !bad}>
    ${check.error !== undefined && html`<pre class="error">${cut(check.error, 4000)}</pre>`}
    ${voidedText(check) !== undefined && html`<p class="quiet">${voidedText(check)}</p>`}
    ${check.facts.length > 0 && html`<${Facts} of=${check.id} facts=${check.facts} arms=${arms} attachments=${attachments} />`}
    <${Recorded} check=${check} arms=${arms} />
    <${CheckLogs} logs=${check.logs} arms=${arms} />
    <${Command} command=${check.rerun} />
    </${Folded}>
  </details>`;
}

function factsText(check: CheckReport): string {
  const names = new Set(check.facts.map((fact) => fact.name)).size;
  return names === 0 ? 'no facts' : counted(names, 'fact');
}

/** How many numbers of which measure the check wrote down, arm by arm. */
function Recorded({ check: { recorded = [] }, arms }: Pick<CheckProps, 'check' | 'arms'>) {
  if (recorded.every(({ measures }) => measures.length === 0)) return null;
  return html`<ul class="plain recorded">${recorded.map(
    ({ arm, replicates, measures }) =>
      html`<li><b>${arms[arm]}</b> ${counted(replicates, 'replicate')}: ${measures
        .map(
          ({ measure, values, batches }) =>
            `${counted(values, 'value')} of ${measure} in ${counted(batches, 'batch', 'batches')}`,
        )
        .join('; ')}</li>`,
  )}</ul>`;
}

interface FactsProps {
  of: string;
  facts: FactReport[];
  arms: Run['provenance']['arms'];
  attachments: ReturnType<typeof attachmentsByFile>;
}

function Facts({ of, facts, arms, attachments }: FactsProps) {
  const byName = Map.groupBy(facts, (fact) => fact.name);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Facts of ${of}"><table class="facts">
    <thead><tr><th scope="col">Fact</th><th scope="col">${arms.candidate}</th><th scope="col">${arms.baseline}</th></tr></thead>
    <tbody>${[...byName].map(
      ([name, seen]) => html`<tr>
        <th scope="row">${name}</th>
        <td><${Seen} facts=${seen.filter((fact) => fact.arm === 'candidate')} attachments=${attachments} /></td>
        <td><${Seen} facts=${seen.filter((fact) => fact.arm === 'baseline')} attachments=${attachments} /></td>
      </tr>`,
    )}</tbody>
  </table></div>`;
}

/** One fact on one arm over its replicates: broken ones each with their evidence, held ones together. */
function Seen({ facts, attachments }: Omit<FactsProps, 'of' | 'arms'>) {
  const after = (evidence: string[]) => html`<${Evidence} text=${afterColon(evidence)} attachments=${attachments} />`;
  if (facts.length === 0) return html`<span class="quiet">–</span>`;
  const many = facts.length > 1;
  const held = facts.filter((fact) => fact.holds);
  const lines = facts
    .filter((fact) => !fact.holds)
    .map((fact) => {
      const where = many ? ` in replicate ${fact.replicate}` : '';
      return html`<b class="no">✗ broken</b>${where}${after(fact.evidence ? [fact.evidence] : [])}`;
    });
  if (held.length > 0) {
    const where = many ? ` in ${held.length} of ${facts.length}` : '';
    const evidence = new Set(held.flatMap((fact) => fact.evidence || []));
    lines.push(html`<b class="yes">✓ holds</b>${where}${after([...evidence])}`);
  }
  return lines.length === 1 ? lines : lines.map((line) => html`<p>${line}</p>`);
}

/** The evidence as the end of a line. */
function afterColon(evidence: string[]): string {
  if (evidence.length === 0) return '';
  const shown = evidence.slice(0, MOST_SENTENCES).map((text) => cut(text, MOST_EVIDENCE));
  const rest = evidence.length - shown.length;
  return `: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more in run.json` : ''}`;
}
