/** The history file: one line a run, appended by whoever ends, read from its end. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { HISTORY_SCHEMA_VERSION, type HistoryLine, historyLineSchema } from '../schema/history.ts';
import type { Run } from '../schema/run.ts';
import { RunFolderError } from './errors.ts';
import { FILES } from './files.ts';
import { writeAtomically } from './write-atomically.ts';

/** Of a file that was never cut only the end is read: thousands of runs. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Appends `run` to `file` (made if absent) in one write, so that two runs may end at once. @throws RunFolderError `unwritable` */
export function appendHistory(file: string, run: Run): void {
  const path = resolve(file);
  const line = {
    schemaVersion: HISTORY_SCHEMA_VERSION,
    id: run.id,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    commit: run.provenance.commit,
    dirty: run.provenance.dirty,
    arms: run.provenance.arms,
    profile: run.scope.profile,
    narrowedBy: run.scope.narrowedBy,
    seed: run.seed,
    verdict: run.verdict,
    gates: run.gates.map(({ id, verdict, waived, candidate, baseline }) => ({
      id,
      verdict,
      ...(waived === undefined ? {} : { waived: true }),
      candidate: candidate.value,
      baseline: baseline?.value ?? null,
    })),
  };
  // A line that somebody was killed in has no end: the next one must not become a part of it.
  write(path, `${endsWithoutBreak(path) ? '\n' : ''}${JSON.stringify(line)}\n`);
}

/**
 * Makes sure, before an hour is spent, that a line can be appended to `file`.
 * @throws RunFolderError `unwritable`, also of what is no file: a pipe would be waited at for ever
 */
export function prepareHistory(file: string): void {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile())
    throw new RunFolderError(
      'unwritable',
      `the history ${path} is no file: name one that is, or that is not there yet`,
    );
  write(path, '');
}

export interface History {
  /** In the order of the file. */
  readonly lines: HistoryLine[];
  /** A sentence for each line that was left out. */
  readonly problems: string[];
}

/** The runs in the last 16 MiB of `file`; none where there is no such file. @throws RunFolderError `unreadable` */
export function readHistory(file: string): History {
  const path = resolve(file);
  if (!existsSync(path)) return { lines: [], problems: [] };
  const { text, isCut } = readEnd(path);
  const texts = text.split('\n');
  if (isCut) texts.shift();
  const problems: string[] = [];
  const lines = texts.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = parse(line);
    if (typeof read !== 'string') return [read];
    const where = isCut ? `line ${texts.length - index} from the end` : `line ${index + 1}`;
    problems.push(`${path}, ${where}, is left out: ${read}`);
    return [];
  });
  return { lines, problems };
}

/** Keeps the lines with the run that is to be held against them: it is to be told the same later. */
export function keepHistory(folder: string, lines: readonly HistoryLine[]): void {
  writeAtomically(join(folder, FILES.history), `${JSON.stringify(lines)}\n`);
}

/** The lines kept in `folder`; undefined when the run knew of no history, or the file is no list of lines: no verdict hangs on them. */
export function keptHistory(folder: string): History | undefined {
  const path = join(folder, FILES.history);
  if (!existsSync(path)) return undefined;
  let kept: unknown[];
  try {
    kept = z.array(z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
  const problems: string[] = [];
  const lines = kept.flatMap((content, index) => {
    const read = understand(content);
    if (typeof read !== 'string') return [read];
    problems.push(`${path}, line ${index + 1}, is left out: ${read}`);
    return [];
  });
  return { lines, problems };
}

/** The line, or why it is none. */
function parse(text: string): HistoryLine | string {
  try {
    return understand(JSON.parse(text));
  } catch {
    return 'it is no JSON, as a line is that was cut in half';
  }
}

function understand(content: unknown): HistoryLine | string {
  const { schemaVersion } = (content ?? {}) as { schemaVersion?: unknown };
  if (schemaVersion !== HISTORY_SCHEMA_VERSION) {
    const theirs = typeof schemaVersion === 'number' ? `schema version ${schemaVersion}` : 'no schema version';
    return `it is of ${theirs}, this harness reads ${HISTORY_SCHEMA_VERSION}`;
  }
  const parsed = historyLineSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  // Of as many faults as a line may have, one is told.
  const [first] = parsed.error.issues;
  return `${first?.path.join('.')}: ${first?.message}`;
}

function readEnd(path: string): { text: string; isCut: boolean } {
  try {
    return endOf(path);
  } catch (error) {
    throw new RunFolderError('unreadable', `cannot read the history ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function endOf(path: string): { text: string; isCut: boolean } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - from);
    const read = readSync(file, bytes, 0, bytes.length, from);
    return { text: bytes.toString('utf8', 0, read), isCut: from > 0 };
  } finally {
    closeSync(file);
  }
}

function endsWithoutBreak(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
  } finally {
    closeSync(file);
  }
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
  } catch (error) {
    throw new RunFolderError('unwritable', `cannot append to the history ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
