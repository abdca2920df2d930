/** Text that comes in pieces, cut into lines; a line without an end never fills the memory. */

/** The longest line that is kept, in UTF-16 units. */
export const LINE_LENGTH_MAX = 65_536;

/**
 * Cuts pieces of text into lines. A line longer than 64 Ki ends at its last space before that, so that no word
 * (a secret, say) is cut in two and slips past a search for it; the rest of the line is dropped.
 */
export class LineSplitter {
  #rest = '';
  #dropping = false;

  /** The lines that this piece completes. */
  push(piece: string): string[] {
    const parts = (this.#rest + piece).split('\n');
    this.#rest = parts.pop() ?? '';
    const lines: string[] = [];
    for (const part of parts) {
      if (!this.#dropping) lines.push(bounded(part.endsWith('\r') ? part.slice(0, -1) : part));
      this.#dropping = false;
    }
    if (this.#dropping) {
      this.#rest = '';
    } else if (this.#rest.length > LINE_LENGTH_MAX) {
      lines.push(bounded(this.#rest));
      this.#rest = '';
      this.#dropping = true;
    }
    return lines;
  }

  /** What stands after the last line end, once no more will come. */
  flush(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [bounded(rest)];
  }
}

function bounded(line: string): string {
  if (line.length <= LINE_LENGTH_MAX) return line;
  return `${line.slice(0, Math.max(0, line.lastIndexOf(' ', LINE_LENGTH_MAX)))} [the rest of a long line was dropped]`;
}
