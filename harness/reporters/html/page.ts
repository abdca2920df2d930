/** The whole page's body, from the verdict down to the evidence. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { troubles } from '../triage.ts';
import { Attachments } from './attachments.ts';
import { Attention } from './attention.ts';
import { JudgeCertificate } from './certificate.ts';
import { Checks } from './checks.ts';
import { Curves } from './curve-chart.ts';
import { Durations } from './durations.ts';
import { GateDetails } from './gate-detail.ts';
import { GateTable } from './gate-table.ts';
import { History } from './history.ts';
import { isLarge } from './large.ts';
import { Masthead } from './masthead.ts';
import { Mutants } from './mutants.ts';
import { Provenance, Scope } from './provenance.ts';
import { Readmes } from './readmes.ts';
import { SeriesCharts } from './series-chart.ts';
import { Tickets } from './tickets.ts';
import { Waived } from './waived.ts';

export function Page({ run }: { run: Run }) {
  const needsAttention = troubles(run).length > 0;
  const tickets = html`<${Tickets} run=${run} />`;
  const attention = html`<${Attention} run=${run} />`;
  return html`<a class="skip" href="#gates">Skip to the gates</a>
    <${Masthead} run=${run} />
    <main class=${isLarge(run) ? 'large' : undefined}>
      <div class="columns">
        <div>
          ${needsAttention ? [attention, tickets] : [tickets, attention]}
          <${Waived} run=${run} />
        </div>
        <div class="aside"><${Scope} run=${run} /><${Provenance} run=${run} /></div>
      </div>
      <${GateTable} run=${run} />
      <${GateDetails} run=${run} />
      <${History} run=${run} />
      <${Readmes} run=${run} />
      <${Mutants} run=${run} />
      <${JudgeCertificate} run=${run} />
      <${Curves} run=${run} />
      <${SeriesCharts} run=${run} />
      <${Checks} run=${run} />
      <${Durations} run=${run} />
      <${Attachments} run=${run} />
    </main>
    <footer><p>Run ${run.id}. This page is a projection of <code>run.json</code>, which lies beside it; the observations it was judged from are in <code>observations.ndjson</code>.</p></footer>`;
}
