/** `npm run compare`: two saved runs against each other. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { compareRuns } from '../judge/compare-runs.ts';
import { renderComparison } from '../reporters/comparison.ts';
import { RunFolderError } from '../run-folder/errors.ts';
import { FILES } from '../run-folder/files.ts';
import { findRunFolder } from '../run-folder/load.ts';
import type { Comparison } from '../schema/comparison.ts';
import { RUN_SCHEMA_VERSION, type Run, runSchema } from '../schema/run.ts';
import { EXIT } from '../schema/verdict.ts';
import { judgeFolder } from './finish.ts';
import { wantsColor } from './tell.ts';

export interface CompareOptions {
  readonly output: string;
  readonly json?: boolean;
}

/** Each is a run folder, the id of a run, `latest`, or a `run.json` by itself, as kept by a CI. */
export async function compare(before: string, after: string, options: CompareOptions): Promise<number> {
  const comparison = compareRuns(await read(before, options.output), await read(after, options.output));
  process.stdout.write(
    options.json
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : renderComparison(comparison, { color: wantsColor(process.stdout) }),
  );
  return exitCodeOfComparison(comparison);
}

/** 1 when something is new or worse, unless it is waived; else 2 when something could not be compared; else 0. */
export function exitCodeOfComparison({ gates }: Comparison): number {
  const has = (...changes: readonly string[]) =>
    gates.some(({ change, after }) => changes.includes(change) && !after?.waived);
  if (has('new', 'worse')) return EXIT.fail;
  return has('missing', 'redefined') || gates.length === 0 ? EXIT.unknown : EXIT.pass;
}

async function read(given: string, output: string): Promise<Run> {
  if (given.endsWith('.json') && existsSync(given)) return parse(resolve(given));
  const folder = findRunFolder(given, output);
  const path = join(folder, FILES.run);
  // A run that was killed has none yet.
  return existsSync(path) ? parse(path) : judgeFolder(folder);
}

/** @throws RunFolderError `unreadable`, by name when the file is of another version of the schema */
function parse(path: string): Run {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new RunFolderError('unreadable', `${path} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const { schemaVersion } = (content ?? {}) as { schemaVersion?: unknown };
  if (typeof schemaVersion === 'number' && schemaVersion !== RUN_SCHEMA_VERSION) {
    const how = `npm run report -- ${basename(resolve(path, '..'))}`;
    throw new RunFolderError(
      'unreadable',
      `${path} is of schema version ${schemaVersion}, this harness reads version ${RUN_SCHEMA_VERSION}: write it again from what was recorded, if that is still there: ${how}`,
    );
  }
  const parsed = runSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new RunFolderError('unreadable', `${path} is not a run (${z.prettifyError(parsed.error)})`);
}
