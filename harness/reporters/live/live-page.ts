/** The page of a run that is under way: what it is doing, what it said, and at its end the way to the report. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html } from 'htm/preact';
import { renderToString } from 'preact-render-to-string';
import { manyLines } from '../printable.ts';

const STYLE = readFileSync(new URL('../html/page.css', import.meta.url), 'utf8');
const SCRIPT = readFileSync(new URL('live.js', import.meta.url), 'utf8');

const hashOf = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** Sent as a header: the page may hear from its own server, and run its own script, and nothing else. */
export const LIVE_POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function renderLivePage(title: string): string {
  const shown = manyLines(title);
  const head = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Running · ${shown}</title>
    <style dangerouslySetInnerHTML=${{ __html: STYLE }} />
  </head>`;
  const body = html`<body>
    <header class="masthead v-no-data">
      <h1><span id="how">Running</span> <span class="arms">${shown}</span></h1>
      <p class="sentence"><span id="counts">Starting</span> <span id="elapsed" class="quiet"></span></p>
      <progress class="live" id="bar" aria-label="Executions made"></progress>
    </header>
    <main>
      <section aria-labelledby="now"><h2 id="now">Now</h2><ul class="plain" id="checks"></ul></section>
      <section aria-labelledby="said"><h2 id="said">So far</h2><ol class="plain lines" id="lines"></ol></section>
    </main>
    <script dangerouslySetInnerHTML=${{ __html: SCRIPT }} />
  </body>`;
  return `<!doctype html>\n${renderToString(html`<html lang="en">${head}${body}</html>`)}\n`;
}
