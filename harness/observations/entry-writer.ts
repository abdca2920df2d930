/** Appends entries to `observations.ndjson`: one `write` a line with O_APPEND, so that several processes can share the file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Entry } from '../schema/entry.ts';

/** What was seen could not be written down, so the run cannot be known. */
export class EntryWriteError extends Error {
  readonly code = 'not-recorded';

  constructor(path: string, cause: unknown) {
    super(
      `${path} cannot be written (${(cause as Error).message}), so this run is not known: free some space or make it writable, and run it again`,
      { cause },
    );
    this.name = 'EntryWriteError';
  }
}

export class EntryWriter {
  readonly #path: string;

  readonly #file: number;

  /** Opens (or creates) the file at `path` for appending. @throws EntryWriteError */
  constructor(path: string) {
    this.#path = path;
    this.#file = attempt(path, () => openSync(path, 'a'));
  }

  /** Writes one entry. Returns when the kernel has it: a killed harness loses at most the line being written. @throws EntryWriteError */
  append(entry: Entry): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    let written = 0;
    while (written < line.length) {
      written += attempt(this.#path, () => writeSync(this.#file, line, written));
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new EntryWriteError(path, error);
  }
}
