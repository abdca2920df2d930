/** Says on what code and what machine a run was made. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Arm } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Provenance } from '../schema/scope.ts';

export function provenanceOf(root: string, arms: Record<Arm, string>, promises: readonly ReleasePromise[]): Provenance {
  return {
    ...currentState(root),
    arms,
    promisesSha256: hashPromises(promises),
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}

/** The commit checked out at `root`, and whether anything differs from it. */
export function currentState(root: string): Pick<Provenance, 'commit' | 'dirty'> {
  // A git that cannot tell does not say that all is committed.
  return { commit: currentCommit(root), dirty: git(root, 'status', '--porcelain') !== '' };
}

/** The commit checked out at `root`; null where there is no git or no repository. */
export function currentCommit(root: string): string | null {
  return git(root, 'rev-parse', 'HEAD');
}

/** The fingerprint that tells whether the promises of a saved run are the ones it was made by. */
export function hashPromises(promises: readonly ReleasePromise[]): string {
  return createHash('sha256').update(JSON.stringify(promises)).digest('hex');
}

/** Output of a git command, or null where there is no git or no repository. */
function git(root: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim();
  } catch {
    return null;
  }
}
