/** Appends entries to `observations.ndjson`: one `write` a line with O_APPEND, so that several processes can share the file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Entry } from '../schema/entry.ts';

export class EntryWriter {
  readonly #file: number;

  /** Opens (or creates) the file at `path` for appending. */
  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /** Writes one entry. Returns when the kernel has it: a killed harness loses at most the line being written. */
  append(entry: Entry): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.#file, line, written);
  }

  close(): void {
    closeSync(this.#file);
  }
}
