/** `npm run gate`: judges a saved run again by the promises kept in it, and refuses one that is not whole. */
import { findRunFolder } from '../run-folder/load.ts';
import { currentCommit } from '../run-folder/provenance.ts';
import { type Profile, reaches } from '../schema/promise.ts';
import type { Run } from '../schema/run.ts';
import { EXIT, exitCodeOf } from '../schema/verdict.ts';
import { judgeFolder } from './finish.ts';
import { tell } from './tell.ts';

export interface GateOptions {
  readonly profile: Profile;
  readonly commit?: string;
  readonly output: string;
  readonly json?: boolean;
}

export async function gate(given: string, options: GateOptions): Promise<number> {
  const folder = findRunFolder(given, options.output);
  const run = await judgeFolder(folder);
  const missing = reasonsNotToDecide(run, { ...options, commit: options.commit ?? commitOfLatest(given) });
  tell(run, folder, options.json, missing);
  for (const reason of missing) process.stderr.write(`not known: ${reason}\n`);
  if (run.verdict === 'fail') return EXIT.fail;
  return missing.length > 0 ? EXIT.unknown : exitCodeOf(run.verdict);
}

/** Why this run cannot let a release through, whatever its gates say; a sentence each. */
function reasonsNotToDecide(
  run: Run,
  { profile, commit }: { readonly profile: Profile; readonly commit: string | undefined },
): string[] {
  const reasons = [...run.scope.missing];
  if (!reaches(run.scope.profile, profile)) {
    reasons.push(
      `the run is at profile ${run.scope.profile}, ${profile} is required: npm run regression -- --profile ${profile}`,
    );
  }
  if (run.scope.narrowedBy.length > 0) {
    reasons.push(`the run was narrowed by ${run.scope.narrowedBy.join(' ')}: run it without`);
  }
  if (commit !== undefined) reasons.push(...reasonsByCommit(run, commit));
  return reasons;
}

/** Nobody has said which run `latest` is to be: a stale one must not let the code of today through. */
function commitOfLatest(given: string): string | undefined {
  return given === 'latest' ? (currentCommit(process.cwd()) ?? undefined) : undefined;
}

function reasonsByCommit({ provenance }: Run, commit: string): string[] {
  if (!(provenance.commit ?? '').startsWith(commit)) {
    return [
      `the run was made on commit ${provenance.commit ?? 'unknown'}, and ${commit} is to be judged: run it again, or name the run`,
    ];
  }
  return provenance.dirty
    ? [`the run was made on ${commit} with uncommitted changes: commit them and run it again`]
    : [];
}
