/** What a process says: cut into lines, secrets taken out, the last lines kept, all of them written to a log file. */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { LineSplitter } from './line-splitter.ts';
import { type Redact, redactor } from './redaction.ts';

const LINES_KEPT_MAX = 1_000;
const LENGTH_KEPT_MAX = 1_048_576;
const LOG_BYTES_MAX = 64 * 1024 ** 2;

export interface ProcessOutputOptions {
  /** Exact secrets to take out, beside what looks like one. */
  readonly redact?: readonly string[];
  /** Appended to; its folder is made. Without it the lines are only kept. */
  readonly logFile?: string;
  /** Where the log file ends, whatever it held before: a line then says that the rest was dropped. @default 64 MiB */
  readonly logMax_bytes?: number;
}

/** The lines of a process's stdout and stderr. At most 1,000 lines and 1 Mi characters are kept in memory. */
export class ProcessOutput {
  readonly #redact: Redact;
  readonly #file: WriteStream | undefined;
  readonly #streams: Readable[] = [];
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #length = 0;
  /** What the log file may still take; negative once it said that it is full. */
  #logLeft_bytes = 0;

  constructor({ redact, logFile, logMax_bytes = LOG_BYTES_MAX }: ProcessOutputOptions) {
    this.#redact = redactor(redact);
    if (logFile === undefined) return;
    mkdirSync(dirname(logFile), { recursive: true });
    this.#logLeft_bytes = Math.max(0, logMax_bytes - (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0));
    this.#file = createWriteStream(logFile, { flags: 'a' });
    this.#file.on('drain', () => this.#resume());
    this.#file.on('error', (error) => {
      this.#keep(`[the log file is lost: ${error.message}]`);
      this.#resume();
    });
  }

  /** Reads the stream to its end. */
  read(stream: Readable): void {
    const splitter = new LineSplitter();
    const take = (lines: readonly string[]) => {
      for (const line of lines) this.#take(line);
    };
    this.#streams.push(stream);
    stream.setEncoding('utf8');
    stream.on('data', (piece: string) => take(splitter.push(piece)));
    stream.on('end', () => take(splitter.flush()));
    stream.on('error', () => {}); // The process ended; its 'exit' tells.
  }

  /** Hears each line from now on. Returns what ends the hearing. */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The match in the oldest line kept that matches. */
  find(pattern: RegExp): RegExpExecArray | undefined {
    for (const line of this.#lines) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    return undefined;
  }

  /** The last lines. */
  tail(count: number): string[] {
    return this.#lines.slice(-count);
  }

  /** Writes out what is left and closes the log file. */
  async close(): Promise<void> {
    const file = this.#file;
    if (!file || file.closed) return;
    file.end();
    await once(file, 'close').catch(() => {});
  }

  #take(raw: string): void {
    const line = this.#redact(raw);
    this.#keep(line);
    this.#log(line);
    for (const listener of this.#listeners) listener(line);
  }

  #log(line: string): void {
    if (!this.#file?.writable || this.#logLeft_bytes < 0) return;
    this.#logLeft_bytes -= Buffer.byteLength(line) + 1;
    const text = this.#logLeft_bytes < 0 ? '[the log is full: the rest was dropped]' : line;
    // A process that talks faster than the disk writes has to wait, rather than fill our memory.
    if (!this.#file.write(`${text}\n`)) for (const stream of this.#streams) stream.pause();
  }

  #keep(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    while (this.#lines.length > LINES_KEPT_MAX || this.#length > LENGTH_KEPT_MAX) {
      this.#length -= this.#lines.shift()?.length ?? 0;
    }
  }

  #resume(): void {
    for (const stream of this.#streams) stream.resume();
  }
}
