/** `npm run prove -- --judge`: the judge's certificate, as a table and as `certificate.json`. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { certify } from '../certificate/certify.ts';
import { certificateTable } from '../certificate/table.ts';
import { unwritable } from '../run-folder/errors.ts';
import { FILES } from '../run-folder/files.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import type { Certificate } from '../schema/certificate.ts';
import { EXIT } from '../schema/verdict.ts';

/** The same figures each time, unless another seed is asked for. */
const SEED_DEFAULT = 1;
const TOLD_EVERY_MS = 2_000;

export interface ProveJudgeOptions {
  readonly quick?: boolean;
  readonly seed?: number;
  readonly output: string;
}

export async function proveJudge({ quick = false, seed = SEED_DEFAULT, output }: ProveJudgeOptions): Promise<number> {
  // Told before the work, not after: a folder that cannot be written is known at once.
  makeFolder(output);
  let told = 0;
  const startedAt = new Date().toISOString();
  const findings = await certify({
    quick,
    seed,
    progress(what, done, all) {
      if (performance.now() - told < TOLD_EVERY_MS && done > 0) return;
      told = performance.now();
      process.stderr.write(`${what}: ${done} of ${all}\n`);
    },
  });
  const certificate: Certificate = {
    schemaVersion: 1,
    // Of the judge that was certified: where this file stands, not where the command was given.
    ...checkoutOf(import.meta.dirname),
    startedAt,
    endedAt: new Date().toISOString(),
    ...findings,
  };
  writeAtomically(join(output, FILES.certificate), `${JSON.stringify(certificate, null, 2)}\n`);
  process.stdout.write(certificateTable(findings));
  return findings.met ? EXIT.pass : EXIT.fail;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(resolve(folder), error);
  }
}
