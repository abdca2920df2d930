/** The proofs in a run's folder: what `prove` found, of the gates and of the judge, on the very code the run is about to judge by. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { type Certificate, certificateSchema } from '../schema/certificate.ts';
import { type Proof, proofSchema } from '../schema/proof.ts';
import type { Provenance } from '../schema/scope.ts';
import { FILES } from './files.ts';

/**
 * Copies the newest proof by mutants and the newest certificate under `output` into `folder`, each if it was made on this
 * commit with nothing uncommitted, then and now.
 */
export function keepProofs(
  output: string,
  folder: string,
  { commit, dirty }: Pick<Provenance, 'commit' | 'dirty'>,
): void {
  if (dirty || commit === null) return;
  const found = { [FILES.proof]: readProof(output), [FILES.certificate]: readCertificate(output) };
  for (const [file, made] of Object.entries(found)) {
    if (made === undefined || made.dirty || made.commit !== commit) continue;
    copyFileSync(join(output, file), join(folder, file));
  }
}

/** The proof by mutants in `folder`; undefined when there is none, or one that cannot be understood: no verdict hangs on it. */
export function readProof(folder: string): Proof | undefined {
  return read(join(folder, FILES.proof), proofSchema);
}

/** The judge's certificate in `folder`; undefined as above. */
export function readCertificate(folder: string): Certificate | undefined {
  return read(join(folder, FILES.certificate), certificateSchema);
}

function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
