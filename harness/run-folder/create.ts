/** Makes the folder of a new run and points `latest` at it. */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Scope } from '../schema/scope.ts';
import { unwritable } from './errors.ts';
import { FILES } from './files.ts';
import { writeAtomically } from './write-atomically.ts';

/**
 * Writes `scope.json` and `promises.json` into `<output>/runs/<scope.id>` and points `<output>/latest` there.
 * @returns the absolute path of the run's folder
 * @throws RunFolderError `unwritable` when the folder cannot be made
 */
export function createRunFolder(output: string, scope: Scope, promises: readonly ReleasePromise[]): string {
  const folder = resolve(output, 'runs', scope.id);
  try {
    mkdirSync(join(folder, FILES.logs), { recursive: true });
    writeAtomically(join(folder, FILES.promises), json(promises));
    writeAtomically(join(folder, FILES.scope), json(scope));
    pointLatestAt(output, folder);
  } catch (error) {
    throw unwritable(resolve(output), error);
  }
  return folder;
}

/** Replaces the link by rename, so that `latest` names a run at every moment, also with two runs at once. */
function pointLatestAt(output: string, folder: string): void {
  const link = join(output, 'latest');
  const fresh = `${link}.${process.pid}.part`;
  rmSync(fresh, { force: true });
  symlinkSync(relative(output, folder), fresh, 'dir');
  renameSync(fresh, link);
}

function json(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
