/** Makes the folder of a new run and points `latest` at it. */
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Scope } from '../schema/scope.ts';
import { RunFolderError, unwritable } from './errors.ts';
import { FILES } from './files.ts';
import { promisesText } from './provenance.ts';
import { writeAtomically } from './write-atomically.ts';

/**
 * Writes `scope.json` and `promises.json` into `<output>/runs/<scope.id>` and points `<output>/latest` there. Where
 * `latest` is something else than a link (a folder that was restored, a file of somebody's), it stays and `warn` is told.
 * @returns the absolute path of the run's folder
 * @throws RunFolderError `unwritable` or `no-space` when the folder cannot be made
 */
export function createRunFolder(
  output: string,
  scope: Scope,
  promises: readonly ReleasePromise[],
  warn: (text: string) => void = () => {},
): string {
  const folder = resolve(output, 'runs', scope.id);
  try {
    mkdirSync(join(folder, FILES.logs), { recursive: true });
    writeAtomically(join(folder, FILES.promises), promisesText(promises));
    writeAtomically(join(folder, FILES.scope), `${JSON.stringify(scope, null, 2)}\n`);
    if (!pointLatestAt(output, folder)) {
      warn(`${resolve(output, 'latest')} is no link and stays as it is: it will not name this run`);
    }
  } catch (error) {
    throw error instanceof RunFolderError ? error : unwritable(resolve(output), error);
  }
  return folder;
}

/** Replaces the link by rename, so that `latest` names a run at every moment, also with two runs at once. @returns whether it is a link */
function pointLatestAt(output: string, folder: string): boolean {
  const link = join(output, 'latest');
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === false) return false;
  const fresh = `${link}.${process.pid}.part`;
  rmSync(fresh, { force: true });
  symlinkSync(relative(output, folder), fresh, 'dir');
  renameSync(fresh, link);
  return true;
}
