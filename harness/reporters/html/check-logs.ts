/** Where the services of a check wrote meanwhile: the lines of each log, and the last ones of what went wrong. */
import { html } from 'htm/preact';
import type { CheckReport, Run } from '../../schema/run.ts';
import { counted, number } from '../quantity.ts';
import { relativeHref } from './link.ts';

/** Parts shown of a check; a measured one has some for each replicate. */
const MOST = 8;

type Part = NonNullable<CheckReport['logs']>[number];

export function CheckLogs({ logs = [], arms }: { logs?: CheckReport['logs']; arms: Run['provenance']['arms'] }) {
  if (logs.length === 0) return null;
  const rest = logs.length - MOST;
  const repeated = logs.some(({ replicate }) => replicate > 0);
  return html`<div class="logs"><b>What its services wrote</b>
    <ul class="plain">${logs.slice(0, MOST).map((part) => html`<li><${LogPart} part=${part} of=${repeated ? `${arms[part.arm]}, replicate ${part.replicate}` : arms[part.arm]} /></li>`)}</ul>
    ${rest > 0 && html`<p class="quiet">and ${counted(rest, 'more part')} in run.json</p>`}
  </div>`;
}

function LogPart({ part, of }: { part: Part; of: string }) {
  const { file, end } = part;
  const href = relativeHref(`logs/${file}`);
  const name = href === undefined ? html`<code>${file}</code>` : html`<a href=${href}>${file}</a>`;
  return html`${of}: ${name} <span class="quiet">${whereIn(part)}</span>
    ${end !== undefined && html`<pre class="end" tabindex="0" aria-label="The last lines of ${file}">${end}</pre>`}`;
}

function whereIn({ lines, from_bytes, to_bytes }: Part): string {
  if (lines === undefined) return `bytes ${number(from_bytes, 15)} to ${number(to_bytes, 15)}`;
  const [first, last] = lines;
  return first === last ? `line ${number(first, 15)}` : `lines ${number(first, 15)} to ${number(last, 15)}`;
}
