/** The proof by mutants in a run's folder: what `prove` found on the very code that the run is about to judge. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Proof, proofSchema } from '../schema/proof.ts';
import type { Provenance } from '../schema/scope.ts';
import { FILES } from './files.ts';

/** Copies the newest proof under `output` into `folder`, if it was made on this commit with nothing uncommitted, then and now. */
export function keepProof(
  output: string,
  folder: string,
  { commit, dirty }: Pick<Provenance, 'commit' | 'dirty'>,
): void {
  const proof = readProof(output);
  if (proof === undefined || dirty || proof.dirty || commit === null || proof.commit !== commit) return;
  copyFileSync(join(output, FILES.proof), join(folder, FILES.proof));
}

/** The proof in `folder`; undefined when there is none, or one that cannot be understood: no verdict hangs on it. */
export function readProof(folder: string): Proof | undefined {
  const path = join(folder, FILES.proof);
  if (!existsSync(path)) return undefined;
  try {
    return proofSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
