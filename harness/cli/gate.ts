/** `npm run gate`: judges a saved run again by the promises kept in it, and refuses one that is not whole. */
import { basename, join, resolve } from 'node:path';
import { findRunFolder } from '../run-folder/load.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { type Profile, reaches } from '../schema/promise.ts';
import type { Run } from '../schema/run.ts';
import { EXIT, exitCodeOf } from '../schema/verdict.ts';
import { hasExpired } from '../schema/waiver.ts';
import { judgeFolder } from './finish.ts';
import { tell } from './tell.ts';

export interface GateOptions {
  readonly profile: Profile;
  readonly commit?: string;
  readonly output: string;
  readonly json?: boolean;
}

/** Where this harness and what it judges are checked out, wherever the command is called from. */
const CHECKOUT = join(import.meta.dirname, '../..');

export async function gate(given: string, options: GateOptions): Promise<number> {
  const folder = findRunFolder(given, options.output);
  const run = await judgeFolder(folder);
  const missing = [
    ...reasonsByScope(run, options.profile),
    ...reasonsByWaivers(run, Date.now()),
    ...reasonsByCode(run, given, options.commit, CHECKOUT),
  ];
  tell(run, folder, options.json, missing);
  for (const reason of missing) process.stderr.write(`not known: ${reason}\n`);
  if (run.verdict === 'fail') return EXIT.fail;
  return missing.length > 0 ? EXIT.unknown : exitCodeOf(run.verdict);
}

/** Why this run cannot let a release through, whatever its gates say; a sentence each. */
function reasonsByScope({ scope }: Run, profile: Profile): string[] {
  const reasons = [...scope.missing];
  if (!reaches(scope.profile, profile)) {
    reasons.push(
      `the run is at profile ${scope.profile}, ${profile} is required: npm run regression -- --profile ${profile}`,
    );
  }
  if (scope.narrowedBy.length > 0) {
    reasons.push(`the run was narrowed by ${scope.narrowedBy.join(' ')}: run it without`);
  }
  return reasons;
}

/** A waiver that held when the run began may be over when the release is to go out. */
export function reasonsByWaivers({ gates }: Pick<Run, 'gates'>, now_ms: number): string[] {
  return gates.flatMap(({ id, waived }) =>
    waived !== undefined && hasExpired({ gate: id, ...waived }, now_ms)
      ? [
          `the waiver of ${id} has expired on ${waived.expires}: mend it, or have ${waived.owner} say for how much longer`,
        ]
      : [],
  );
}

/**
 * Why the run says nothing about the code that is to be judged: `commit`, or without it, for a run `given` as `latest`,
 * what is checked out at `root`. Nobody has said which run `latest` is to be, so a stale one must not let the code of
 * today through. A run given by its own name, and no commit, is judged for what it was made on.
 */
export function reasonsByCode(
  { provenance }: Pick<Run, 'provenance'>,
  given: string,
  commit: string | undefined,
  root: string,
): string[] {
  if (commit !== undefined) return reasonsByCommit(provenance, commit);
  if (basename(resolve(given)) !== 'latest') return [];
  const checkout = checkoutOf(root);
  if (checkout.commit === null) {
    return [
      `git cannot tell what is checked out at ${root}, and "latest" may be a run of other code: name the run, or give --commit SHA`,
    ];
  }
  if (checkout.dirty) {
    return [
      `there are uncommitted changes at ${root}, and no run was made on them: commit them and run it again, or name the run`,
    ];
  }
  return reasonsByCommit(provenance, checkout.commit);
}

function reasonsByCommit(provenance: Run['provenance'], commit: string): string[] {
  if (!(provenance.commit ?? '').startsWith(commit)) {
    return [
      `the run was made on commit ${provenance.commit ?? 'unknown'}, and ${commit} is to be judged: run it again, or name the run`,
    ];
  }
  return provenance.dirty
    ? [`the run was made on ${commit} with uncommitted changes: commit them and run it again`]
    : [];
}
