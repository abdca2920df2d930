import { describe, expect, test } from 'vitest';
import { bigRun, HOSTILE, passingRun } from '../run.fixture.ts';
import { renderHtml } from './html.ts';

const pageOf = (text: string, run = passingRun()) =>
  renderHtml({ ...run, readmes: [{ suite: 'acme-1001', ticket: 'ACME-1001', title: 'Reconnecting', text }] });
/** What stands on the page of this Markdown. */
const shown = (text: string) => pageOf(text).match(/<div class="markdown">([\s\S]*?)<\/div><\/details>/)?.[1] ?? '';

describe('the README of a suite', () => {
  test('is reached from its ticket, and folded', () => {
    const page = pageOf('# Reconnecting');
    expect(page).toContain('<a href="#readme%3Aacme-1001">README</a>');
    expect(page).toMatch(/<details class="readme" id="readme:acme-1001"><summary><b>ACME-1001<\/b> Reconnecting/);
    expect(renderHtml(passingRun())).not.toContain('README');
  });

  test.each([
    ['# One\n\n## Two', '<h3>One</h3><h4>Two</h4>'],
    ['a **b** _c_ `d & e` ~~f~~', '<p>a <b>b</b> <em>c</em> <code>d &amp; e</code> <del>f</del></p>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['- [x] a', '<ul><li>☑ a</li></ul>'],
    ['3. a', '<ol start="3"><li>a</li></ol>'],
    ['> a', '<blockquote><p>a</p></blockquote>'],
    ['```sh\na < b\n```', '<pre tabindex="0" role="group" aria-label="Code">a &lt; b</pre>'],
    ['\\* AT&T <', '<p>* AT&amp;T &lt;</p>'],
  ])('%j is shown as it is meant', (text, expected) => {
    expect(shown(text).replace(/>\s*\n\s*</g, '><')).toBe(expected);
  });

  test('a table keeps its heads and cells', () => {
    const table = shown('| a | b |\n|---|---|\n| `c` | d |');
    expect(table).toMatch(/<th scope="col">a<\/th><th scope="col">b<\/th>/);
    expect(table).toMatch(/<td><code>c<\/code><\/td><td>d<\/td>/);
  });

  test('a link of the web is one; a path, which leads from elsewhere, is told', () => {
    expect(shown('[a](https://acme.example/x)')).toContain('<a href="https://acme.example/x">a</a>');
    expect(shown('[a](../b.md)')).toBe('<p>a (<code>../b.md</code>)</p>');
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    'a <script>alert(1)</script>',
    '[a](javascript:alert(1))',
    '[a](<java\tscript:alert(1)>)',
    '![a](https://acme.example/pixel.png)',
    '[a](data:text/html,x)',
    '</noscript></details><iframe src="x">',
    HOSTILE,
  ])('%j runs nothing and asks nobody', (text) => {
    const part = shown(text);
    expect(part).not.toBe('');
    expect(part).not.toMatch(/<(img|script|iframe)\b/);
    expect(part).not.toMatch(/href="(?!https:)/);
  });

  test('in a large run waits as text that it cannot end', () => {
    const page = pageOf('</noscript></details><iframe src="x">', bigRun());
    expect(page).toMatch(/<noscript><div class="markdown">\s*<p>&lt;\/noscript>/);
    expect(page).not.toContain('<iframe');
  });

  test('quotes within quotes by the thousand are shown as they were written', () => {
    expect(pageOf(`${'>'.repeat(20_000)} deep`)).toContain('> deep</pre>');
  });
});
