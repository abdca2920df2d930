/** Prints the result of a run to stdout: the table for people, or run.json for pipelines. */
import { join, relative } from 'node:path';
import { renderProof } from '../reporters/proof.ts';
import { renderTerminal } from '../reporters/terminal.ts';
import { FILES } from '../run-folder/files.ts';
import type { Proof } from '../schema/proof.ts';
import type { Run } from '../schema/run.ts';

/** Whether to colour what is written to `stream`: NO_COLOR and FORCE_COLOR as everywhere (no-color.org). */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  const { FORCE_COLOR } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true;
}

/** `undecided`: why the run lets no release through, whatever its gates say; a sentence each. */
export function tell(run: Run, folder: string, json: boolean | undefined, undecided: readonly string[] = []): void {
  const text = json
    ? JSON.stringify(run, null, 2)
    : renderTerminal(run, {
        color: wantsColor(process.stdout),
        reportPath: relative(process.cwd(), join(folder, FILES.html)),
        undecided,
        width: process.stdout.columns || 100,
      });
  process.stdout.write(`${text.trimEnd()}\n`);
}

export function tellProof(proof: Proof, path: string, json: boolean | undefined): void {
  const text = json
    ? JSON.stringify(proof, null, 2)
    : renderProof(proof, { color: wantsColor(process.stdout), path: relative(process.cwd(), path) });
  process.stdout.write(`${text.trimEnd()}\n`);
}
