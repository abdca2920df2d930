/** The history file: one line a run, for trends across runs. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Run } from '../schema/run.ts';
import { RunFolderError } from './errors.ts';

/** Appends `run` to `file` (made if absent) in one write, so that two runs may end at once. @throws RunFolderError `unwritable` */
export function appendHistory(file: string, run: Run): void {
  const path = resolve(file);
  const line = {
    schemaVersion: run.schemaVersion,
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
  write(path, `${JSON.stringify(line)}\n`);
}

/** Makes sure, before an hour is spent, that a line can be appended to `file`. @throws RunFolderError `unwritable` */
export function prepareHistory(file: string): void {
  write(resolve(file), '');
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
