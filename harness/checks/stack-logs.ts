/** Which part of which log belongs to which execution: what the services of a stack wrote while a check had it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogPart } from '../schema/log-part.ts';

/** The logs of one stack: the files of its folder that its name begins. */
export class StackLogs {
  readonly #folder: string;
  readonly #name: string;
  /** Up to where each file was told. */
  readonly #told = new Map<string, number>();

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /**
   * What was written since the last call, or since the boot: so a boot, and a reset, belong to the check that came after.
   * A line that is still on its way to the file belongs to the next one too. No verdict hangs on it: a folder that
   * cannot be read has no parts.
   */
  grown(): LogPart[] {
    return this.#files().flatMap((file) => {
      const from_bytes = this.#told.get(file) ?? 0;
      const to_bytes = statSync(join(this.#folder, file), { throwIfNoEntry: false })?.size ?? 0;
      this.#told.set(file, to_bytes);
      return to_bytes > from_bytes ? [{ file, from_bytes, to_bytes }] : [];
    });
  }

  #files(): string[] {
    try {
      // `api-1.log` and `api-1-engine.log`, not `api-10.log`, which is another stack's.
      return readdirSync(this.#folder)
        .filter(
          (file) => file.endsWith('.log') && [`${this.#name}-`, `${this.#name}.`].some((own) => file.startsWith(own)),
        )
        .sort();
    } catch {
      return [];
    }
  }
}
