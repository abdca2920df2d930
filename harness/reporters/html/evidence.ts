/** A sentence of evidence: files of the run that it names become links, screenshots are shown. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { relativeHref } from './link.ts';

type Attachments = ReadonlyMap<string, Run['attachments'][number]>;

/** What lies beside the page, by the last part of its path: so evidence names it. */
export function attachmentsByFile(run: Run): Attachments {
  return new Map(run.attachments.map((attachment) => [attachment.path.split('/').at(-1) ?? '', attachment]));
}

/** A word that may be the name of a file. */
const FILE = /([\w-][\w.-]*\.[a-z]+)/;

export function Evidence({ text, attachments }: { text: string; attachments: Attachments }) {
  return text.split(FILE).map((part, i) => {
    const attachment = i % 2 === 0 ? undefined : attachments.get(part);
    const href = attachment && relativeHref(attachment.path);
    if (attachment === undefined || href === undefined) return part;
    if (attachment.mime !== 'image/png') return html`<a href=${href}>${part}</a>`;
    return html`<a class="shot" href=${href}><img src=${href} alt="Screenshot ${part}" loading="lazy" /></a>`;
  });
}
