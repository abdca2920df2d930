/** The top of the page: the verdict in a word and a sentence. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { durationText, momentText } from '../quantity.ts';
import { byTicket, countVerdicts, elapsed_ms, MARKS, outcomeText, summarySentence } from '../triage.ts';
import { Anchor, Counts } from './parts.ts';
import { ticketAnchor } from './tickets.ts';

export function Masthead({ run }: { run: Run }) {
  const { baseline, candidate } = run.provenance.arms;
  const word = outcomeText(run);
  const kind = run.verdict === 'pass' || run.verdict === 'fail' ? '' : html` <small>(${run.verdict})</small>`;
  const elapsed = elapsed_ms(run);
  return html`<header class="masthead v-${run.verdict}">
    <p class="product">${run.product} release regression</p>
    <h1><i aria-hidden="true">${MARKS[run.verdict]}</i> ${word}${kind} <span class="arms">${candidate} against ${baseline}</span></h1>
    <p class="sentence">${summarySentence(run)}</p>
    <p class="when">Profile <b>${run.scope.profile}</b> · <time datetime=${run.startedAt}>${momentText(run.startedAt)}</time>${
      elapsed === undefined ? '' : ` · took ${durationText(elapsed)}`
    } · ${run.ended} · scope ${run.scope.complete ? 'complete' : html`<b>not complete</b>`}</p>
    <${Counts} counts=${countVerdicts(run.gates)} />
    <${TicketLinks} run=${run} />
  </header>`;
}

/** Each ticket's verdict, in sight whatever else the run has to tell. */
function TicketLinks({ run }: { run: Run }) {
  const groups = byTicket(run);
  if (groups.length === 0) return null;
  return html`<nav class="of-tickets" aria-label="Tickets">
    ${groups.map(({ name, verdict }) => html`<span class="v-${verdict}"><i role="img" aria-label=${verdict}>${MARKS[verdict]}</i> <${Anchor} id=${ticketAnchor(name)}>${name}</${Anchor}></span>`)}
  </nav>`;
}
