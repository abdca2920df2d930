/**
 * The seal of a run that ended: hashes of what it was judged from, written last. It tells a file that was edited, cut or
 * damaged afterwards; whoever edits the seal as well needs a signature against him, which a run folder does not have.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FILES } from './files.ts';
import { writeAtomically } from './write-atomically.ts';

const SEALED = [FILES.scope, FILES.promises, FILES.observations, FILES.proof, FILES.certificate];
/** A run may be without these, and then stays so. */
const OPTIONAL: readonly string[] = [FILES.proof, FILES.certificate];

/** Call when nobody writes into the folder's `observations.ndjson` any more. */
export async function sealRun(folder: string): Promise<void> {
  writeAtomically(join(folder, FILES.seal), `${JSON.stringify(await hashesOf(folder), null, 2)}\n`);
}

/** A sentence for each sealed file that is not what it was; `undefined` when the run has no seal. */
export async function brokenSeals(folder: string): Promise<string[] | undefined> {
  const path = join(folder, FILES.seal);
  if (!existsSync(path)) return undefined;
  const now = await hashesOf(folder);
  let sealed: Record<string, unknown>;
  try {
    sealed = JSON.parse(readFileSync(path, 'utf8')) ?? {};
  } catch {
    return [`${FILES.seal} is not readable`];
  }
  // A file that could not be read is never the one that was sealed.
  const isBroken = (file: string) =>
    now[file] === null ? sealed[file] != null || !OPTIONAL.includes(file) : sealed[file] !== now[file];
  return SEALED.filter(isBroken).map((file) => `${file} is not what the run ended with: its hash differs`);
}

async function hashesOf(folder: string): Promise<Record<string, string | null>> {
  const hashes = await Promise.all(SEALED.map(async (file) => [file, await hashOf(join(folder, file))] as const));
  return Object.fromEntries(hashes);
}

/** Null for a file that is not there or cannot be read. */
async function hashOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return null;
  }
  return hash.digest('hex');
}
