/** Text from a run made safe for places where control characters act: a terminal, XML, a line of Markdown. */
import { stripVTControlCharacters } from 'node:util';

/** Control characters but tab and line breaks, and the marks that reorder text (Trojan Source, CVE-2021-42574). */
const ACTING = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}\ufeff\ufffe\uffff]/gu;

/** One line without characters that act on a reader: escape sequences, controls and bidirectional marks removed, white space collapsed. */
export function oneLine(text: string): string {
  return manyLines(text).replace(/\s+/g, ' ').trim();
}

/** The same, with line breaks and tabs kept. Lone surrogates become U+FFFD, so the result is also legal in XML 1.0. */
export function manyLines(text: string): string {
  return stripVTControlCharacters(text).toWellFormed().replace(ACTING, '');
}

/** A copy of `value` in which every string, however deep, has gone through `manyLines`. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return manyLines(value) as T;
  if (Array.isArray(value)) return value.map(printable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, printable(field)])) as T;
}

/** Characters shown of a reason, or of a sentence about what is missing: evidence in it may be of any length. */
export const MOST_REASON = 600;

/** At most `most` characters, with a note of how many were cut and where the whole text is. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most).toWellFormed();
  return `${kept}… (${text.length - most} more characters in run.json)`;
}

/** At most `width` columns, one a code point: ids, numbers and units hold nothing wider. */
export function clip(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}
