/** Reads the verdict that a run of the command left, from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from '../run-folder/files.ts';
import { type Run, runSchema } from '../schema/run.ts';

/** The newest run under `output`; undefined when it left none that can be read. */
export function readRun(output: string): Run | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(join(output, 'latest', FILES.run), 'utf8')));
  } catch {
    return undefined;
  }
}
