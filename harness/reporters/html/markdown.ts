/**
 * Markdown (GitHub's) as elements of the page. The library reads, this file writes: text becomes text and nothing else,
 * so that HTML in it is shown as it was written, and no address but one of the web becomes a link.
 */
import { html } from 'htm/preact';
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { ComponentChildren } from 'preact';

export function Markdown({ text, below }: { text: string; below: 2 | 3 }) {
  return html`<div class="markdown">${blocks(read(text), below)}</div>`;
}

/** What cannot be read, such as quotes nested by the thousand, is shown as it was written. */
function read(text: string): Token[] {
  try {
    return lexer(text, { gfm: true });
  } catch {
    return [{ type: 'code', raw: text, text }];
  }
}

/** @param below level of the heading that it stands under */
function blocks(tokens: readonly Token[], below: number): ComponentChildren {
  return tokens.map((token) => block(token, below));
}

function block(given: Token, below: number): ComponentChildren {
  const token = given as MarkedToken;
  switch (token.type) {
    case 'heading':
      return html`<${`h${Math.min(6, below + token.depth)}`}>${inline(token.tokens)}</>`;
    case 'paragraph':
      return html`<p>${inline(token.tokens)}</p>`;
    case 'text':
      return inline(token.tokens ?? [token]);
    case 'code':
      return html`<pre tabindex="0" role="group" aria-label="Code">${token.text}</pre>`;
    case 'blockquote':
      return html`<blockquote>${blocks(token.tokens, below)}</blockquote>`;
    case 'list':
      return html`<${token.ordered ? 'ol' : 'ul'} start=${token.ordered ? token.start : undefined}>
        ${token.items.map((item) => html`<li>${blocks(item.tokens, below)}</li>`)}
      </>`;
    case 'table':
      return table(token);
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'hr':
      return html`<hr />`;
    case 'space':
    case 'def':
      return null;
    default:
      return html`<p>${given.raw}</p>`;
  }
}

function table({ header, rows }: Tokens.Table): ComponentChildren {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
    <thead><tr>${header.map(({ tokens }) => html`<th scope="col">${inline(tokens)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map(({ tokens }) => html`<td>${inline(tokens)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function inline(tokens: readonly Token[]): ComponentChildren {
  return tokens.map((given) => {
    const token = given as MarkedToken;
    switch (token.type) {
      case 'strong':
        return html`<b>${inline(token.tokens)}</b>`;
      case 'em':
        return html`<em>${inline(token.tokens)}</em>`;
      case 'del':
        return html`<del>${inline(token.tokens)}</del>`;
      case 'codespan':
        return html`<code>${token.text}</code>`;
      case 'br':
        return html`<br />`;
      case 'link':
        return link(token);
      case 'image':
        return html`${token.text} <code>${token.href}</code>`;
      case 'text':
      case 'escape':
        return 'tokens' in token && token.tokens ? inline(token.tokens) : token.text;
      default:
        return given.raw;
    }
  });
}

/** A path leads from where the README lies, which is not beside this page: it is told, and no link. */
function link({ href, tokens, text }: Tokens.Link): ComponentChildren {
  if (/^https?:\/\//i.test(href)) return html`<a href=${href}>${inline(tokens)}</a>`;
  return html`${inline(tokens)}${text !== href && html` (<code>${href}</code>)`}`;
}
