/** `report.html`: one file that opens from disk, with everything it needs inside and a policy that lets nothing else in. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html } from 'htm/preact';
import { renderToString } from 'preact-render-to-string';
import type { Run } from '../../schema/run.ts';
import { printable } from '../printable.ts';
import { outcome } from '../triage.ts';
import { Page } from './page.ts';

const STYLE = readFileSync(new URL('page.css', import.meta.url), 'utf8');
const SCRIPT = readFileSync(new URL('page.js', import.meta.url), 'utf8');

/** Nothing but screenshots of the run may be loaded, and of scripts and styles only these two run, whatever text a run holds (CSP Level 3, hash sources). */
const POLICY = [
  "default-src 'none'",
  // Screenshots that lie beside it; a page of a file is its own source in no browser's eyes.
  "img-src 'self' file:",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The run as one HTML page. */
export function renderHtml(given: Run): string {
  const run = printable(given);
  const { baseline, candidate } = run.provenance.arms;
  const head = html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content=${POLICY} />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>${outcome(run.verdict)} · ${run.product} ${candidate} against ${baseline}</title>
    <style dangerouslySetInnerHTML=${{ __html: STYLE }} />
  </head>`;
  const body = html`<body><${Page} run=${run} /><script dangerouslySetInnerHTML=${{ __html: SCRIPT }} /></body>`;
  return `<!doctype html>\n${renderToString(html`<html lang="en">${head}${body}</html>`)}\n`;
}

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
