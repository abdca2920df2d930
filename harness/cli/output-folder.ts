/** The folder that a command writes to, made before its work: one that cannot be written is known at once. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwritable } from '../run-folder/errors.ts';

/** @throws RunFolderError `unwritable` */
export function makeOutputFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(resolve(folder), error);
  }
}
