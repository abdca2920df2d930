/** The smallest parts of the page: a verdict, a command with its copy button, a section, a list of terms. */
import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Verdict } from '../../schema/verdict.ts';
import { MARKS } from '../triage.ts';

/** A verdict as sign and word; the colour only repeats it. */
export function Badge({ verdict }: { verdict: Verdict }) {
  return html`<span class="badge v-${verdict}"><i>${MARKS[verdict]}</i>${verdict}</span>`;
}

/** How many of each verdict, worst first. */
export function Counts({ counts }: { counts: ReadonlyMap<Verdict, number> }) {
  return html`<span class="counts">
    ${[...counts].map(([verdict, count]) => html`<span class="count v-${verdict}"><i>${MARKS[verdict]}</i>${count} ${verdict}</span>`)}
  </span>`;
}

/** A command, broken between its words only; the page's script puts a copy button beside it. */
export function Command({ command }: { command: string }) {
  const words = command.split(' ').map((word, i) => html`${i > 0 && ' '}<span class="whole">${word}</span>`);
  return html`<div class="cmd"><code>${words}</code></div>`;
}

/** Text in which commands stand between backticks. */
export function Quoting({ text }: { text: string }) {
  return text.split('`').map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`));
}

/** What a folded part holds. In a large run the browser takes it as text until the part is opened; without a script at once. */
export function Folded({ later, children }: { later: boolean; children?: ComponentChildren }) {
  return later ? html`<noscript>${children}</noscript>` : children;
}

/** A region of the page with a heading that can be linked to. */
export function Section({ id, title, children }: { id: string; title: string; children?: ComponentChildren }) {
  return html`<section aria-labelledby=${id}><h2 id=${id}>${title}</h2>${children}</section>`;
}

/** Terms and their values; a term without a value is left out. */
export function Terms({ terms }: { terms: [string, ComponentChildren][] }) {
  const known = terms.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return html`<dl class="terms">${known.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A link to a gate or check on this page; ids are any text, so the fragment is encoded. */
export function Anchor({ id, children }: { id: string; children?: ComponentChildren }) {
  return html`<a href="#${encodeURIComponent(id)}">${children}</a>`;
}

/** The id of a check's element: gates have their own id, and a check may be called like a gate. */
export function checkAnchor(id: string): string {
  return `check:${id}`;
}
