/** What each ticket's suite says of itself: the promises in its own words, what its checks do, what they cannot tell. */
import { html } from 'htm/preact';
import type { Readme } from '../../schema/readme.ts';
import type { Run } from '../../schema/run.ts';
import { isLarge } from './large.ts';
import { Markdown } from './markdown.ts';
import { Folded, Section } from './parts.ts';

export function Readmes({ run }: { run: Run }) {
  const { readmes = [] } = run;
  if (readmes.length === 0) return null;
  return html`<${Section} id="readmes" title="What the suites say of themselves">
    <p class="quiet">Their READMEs, as they stood when the run began.</p>
    ${readmes.map(
      (readme) => html`<details class="readme" id=${readmeAnchor(readme)}>
        <summary><b>${readme.ticket ?? readme.suite}</b> ${readme.title}</summary>
        <${Folded} later=${isLarge(run)}><${Markdown} text=${readme.text} below=${2} /></${Folded}>
      </details>`,
    )}
  </${Section}>`;
}

/** The id of a suite's README. */
export function readmeAnchor({ suite }: Pick<Readme, 'suite'>): string {
  return `readme:${suite}`;
}
