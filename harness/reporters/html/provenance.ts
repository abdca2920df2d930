/** What the run set out to decide, on what it was made, and how to make it again. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { cut, MOST_REASON } from '../printable.ts';
import { counted, momentText, number } from '../quantity.ts';
import { endingText } from '../triage.ts';
import { Command, Quoting, Section, Terms } from './parts.ts';

export function Scope({ run }: { run: Run }) {
  const { scope } = run;
  return html`<${Section} id="scope" title="Scope">
    ${
      scope.complete
        ? html`<p><b>Complete:</b> every check ended by itself and every expected gate was judged.</p>`
        : html`<p><b>Not complete:</b>${run.ended !== 'finished' && ` the run ${endingText(run)}.`}</p><ul class="missing">${scope.missing.map((sentence) => html`<li><${Quoting} text=${cut(sentence, MOST_REASON)} /></li>`)}</ul>`
    }
    <${Terms} terms=${[
      ['Profile', scope.profile],
      ['Tickets', scope.tickets.map((ticket) => html`<span class="whole">${ticket}</span> `)],
      ['Expected', counted(scope.expected.length, 'gate')],
      ['Narrowed by', scope.narrowedBy.length > 0 ? html`<code>${scope.narrowedBy.join(' ')}</code>` : 'nothing'],
    ]} />
    <${Deferred} run=${run} />
  </${Section}>`;
}

function Deferred({ run }: { run: Run }) {
  if (run.deferred.length === 0) return null;
  return html`<h3>Deferred</h3>
    <p class="quiet">Not decided by profile ${run.scope.profile}, by their own declaration; not in the verdict.</p>
    <ul class="plain">${run.deferred.map(({ id, decidableFrom }) => html`<li><code>${id}</code> from ${decidableFrom}</li>`)}</ul>`;
}

export function Provenance({ run }: { run: Run }) {
  const { provenance } = run;
  return html`<${Section} id="provenance" title="Provenance">
    <${Terms} terms=${[
      ['Releases', `${provenance.arms.candidate} (candidate), ${provenance.arms.baseline} (baseline)`],
      [
        'Commit',
        html`<code>${provenance.commit?.slice(0, 12) ?? 'not known'}</code>${provenance.dirty && html` <b>plus uncommitted changes</b>`}`,
      ],
      [
        'Promises',
        html`<code title=${provenance.promisesSha256}>sha256 ${provenance.promisesSha256.slice(0, 12)}</code>`,
      ],
      ['Run', run.id],
      ['Seed', html`<code>${run.seed}</code>`],
      ['Started', momentText(run.startedAt)],
      ['Ended', run.endedAt === null ? 'never' : momentText(run.endedAt)],
      ['Node', provenance.node],
      ['System', provenance.os],
      [
        'Machine',
        `${provenance.cpu}, ${counted(provenance.cores, 'core')}, ${Math.round(provenance.memory_bytes / 2 ** 30)} GiB`,
      ],
      ['Load at start', number(provenance.load)],
    ]} />
    <h3>Components</h3>
    <ul class="plain">${provenance.components.map((component) => html`<li><${Component} component=${component} /></li>`)}</ul>
    <h3>Repeat this run</h3>
    <${Command} command=${run.command} />
  </${Section}>`;
}

function Component({ component }: { component: Run['provenance']['components'][number] }) {
  const { name, version, provider, missing } = component;
  if (missing !== undefined) return html`<b>${name} is missing</b>: <${Quoting} text=${cut(missing, MOST_REASON)} />`;
  return html`<b>${name}</b> ${version} <span class="quiet">by ${provider}</span>`;
}
