import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { unwritable } from './errors.ts';

/** Writes a whole file or nothing: a reader, or a crash, never meets half of it. @throws RunFolderError `unwritable` */
export function writeAtomically(path: string, content: string): void {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw unwritable(path, error);
  }
}
