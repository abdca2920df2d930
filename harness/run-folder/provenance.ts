/** Says on what code and what machine a run was made. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Arm } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Provenance } from '../schema/scope.ts';

export function provenanceOf(root: string, arms: Record<Arm, string>, promises: readonly ReleasePromise[]): Provenance {
  return {
    ...checkoutOf(root),
    arms,
    promisesSha256: hashPromises(promisesText(promises)),
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}

/** What is checked out at `root`; the commit is null where there is no git, no repository, or one that git will not read. */
export function checkoutOf(root: string): Pick<Provenance, 'commit' | 'dirty'> {
  // A git that cannot tell does not say that all is committed.
  return { commit: git(root, 'rev-parse', 'HEAD'), dirty: git(root, 'status', '--porcelain') !== '' };
}

/** `promises.json`, word for word. */
export function promisesText(promises: readonly ReleasePromise[]): string {
  return `${JSON.stringify(promises, null, 2)}\n`;
}

/** The fingerprint of `promises.json` as it is written: it tells whether a saved run is judged by what it was made by. */
export function hashPromises(written: string | Uint8Array): string {
  return createHash('sha256').update(written).digest('hex');
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
