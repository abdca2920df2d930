/** Finds the parts of the logs that a run's checks name: the numbers of their lines, and the last lines of what went wrong. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { LogPart } from '../schema/log-part.ts';
import type { CheckReport } from '../schema/run.ts';
import { FILES } from './files.ts';

/** Of more parts than this in a run nobody reads the end in a report. */
const MOST_ENDS = 40;
const END_LINES = 30;
/** Read of a part for its last lines. */
const END_BYTES = 8 * 1024;
const LINE_CHARACTERS = 400;
const CHUNK_BYTES = 1024 * 1024;

type Part = NonNullable<CheckReport['logs']>[number];

/**
 * The checks with the lines of their logs filled in. A log that is not there, or not of `files` (what lies in the run's
 * `logs/`), leaves its parts as they are: no verdict hangs on them.
 */
export function withLogLines(
  checks: readonly CheckReport[],
  folder: string,
  files: ReadonlySet<string>,
): CheckReport[] {
  const parts = checks.flatMap(({ logs = [] }) => logs).filter(({ file }) => files.has(file));
  const ends = new Set(parts.filter(({ wrong }) => wrong).slice(0, MOST_ENDS));
  const told = new Map<Part, Part>();
  for (const [file, own] of Map.groupBy(parts, (part) => part.file)) {
    try {
      for (const part of tellOf(join(folder, FILES.logs, file), own, ends)) told.set(...part);
    } catch {
      // It went away, or cannot be read: what is told of it is where it was.
    }
  }
  return checks.map((check) =>
    check.logs === undefined ? check : { ...check, logs: check.logs.map((part) => told.get(part) ?? part) },
  );
}

/** The parts of one file, each with what is told of it. */
function tellOf(path: string, parts: readonly Part[], ends: ReadonlySet<Part>): [Part, Part][] {
  const file = openSync(path, 'r');
  try {
    const before = linesBefore(file, new Set(parts.flatMap(({ from_bytes, to_bytes }) => [from_bytes, to_bytes])));
    return parts.map((part) => {
      const first = (before.get(part.from_bytes) ?? 0) + 1;
      const last = Math.max(first, before.get(part.to_bytes) ?? 0);
      return [part, { ...part, lines: [first, last], ...(ends.has(part) ? { end: endOf(file, part) } : {}) }];
    });
  } finally {
    closeSync(file);
  }
}

/** How many lines end before each of these places in the file. It is read in pieces, once. */
function linesBefore(file: number, places: ReadonlySet<number>): Map<number, number> {
  const before = new Map<number, number>();
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let lines = 0;
  let at = 0;
  for (const place of [...places].sort((a, b) => a - b)) {
    while (at < place) {
      const read = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, place - at), at);
      if (read === 0) break;
      for (let i = buffer.indexOf(0x0a); i !== -1 && i < read; i = buffer.indexOf(0x0a, i + 1)) lines += 1;
      at += read;
    }
    before.set(place, lines);
  }
  return before;
}

function endOf(file: number, { from_bytes, to_bytes }: LogPart): string {
  const from = Math.max(from_bytes, to_bytes - END_BYTES);
  const buffer = Buffer.alloc(to_bytes - from);
  const read = readSync(file, buffer, 0, buffer.length, from);
  const lines = buffer.toString('utf8', 0, read).trimEnd().split('\n');
  // What was begun to be read in the middle of a line is none.
  if (from > from_bytes && lines.length > 1) lines.shift();
  return lines
    .slice(-END_LINES)
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS).toWellFormed()}…` : line))
    .join('\n');
}
