/** Evidence that lies beside this page in the run's folder. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { relativeHref } from './link.ts';
import { Section } from './parts.ts';

export function Attachments({ run }: { run: Run }) {
  if (run.attachments.length === 0) return null;
  return html`<${Section} id="attachments" title="Attachments">
    <p class="quiet">Kept in the run's folder, beside this page.</p>
    <ul class="plain attachments">${run.attachments.map((attachment) => html`<li><${Attachment} ...${attachment} /></li>`)}</ul>
  </${Section}>`;
}

function Attachment({ name, path, mime }: Run['attachments'][number]) {
  const href = relativeHref(path);
  const label =
    href === undefined
      ? html`${name} <code>${path}</code> (not a path within the run's folder)`
      : html`<a href=${href}>${name}</a>`;
  return html`${label} <span class="quiet">${mime}</span>`;
}
