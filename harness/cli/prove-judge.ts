/** `npm run prove -- --judge`: the judge's certificate, as a table and as `certificate.json`. */
import { join, resolve } from 'node:path';
import { certify } from '../certificate/certify.ts';
import { certificateTable } from '../certificate/table.ts';
import { hashSources } from '../mutation-score/folders.ts';
import { FILES } from '../run-folder/files.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import type { Certificate } from '../schema/certificate.ts';
import { EXIT } from '../schema/verdict.ts';
import { readMutationScore } from './mutation-file.ts';
import { makeOutputFolder } from './output-folder.ts';

/** The same figures each time, unless another seed is asked for. */
const SEED_DEFAULT = 1;
const TOLD_EVERY_MS = 2_000;
const ROOT = resolve(import.meta.dirname, '../..');

export interface ProveJudgeOptions {
  readonly quick?: boolean;
  readonly seed?: number;
  readonly output: string;
}

export async function proveJudge({ quick = false, seed = SEED_DEFAULT, output }: ProveJudgeOptions): Promise<number> {
  makeOutputFolder(output);
  let told = 0;
  const startedAt = new Date().toISOString();
  const findings = await certify({
    quick,
    seed,
    mutation: readMutationScore(output, hashSources(ROOT)),
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
