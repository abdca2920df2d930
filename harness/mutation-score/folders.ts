/** Which folders the mutation score is of, and what else it depends on. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Changed by Stryker, one change at a time; their own tests are to notice it. */
export const SCORED_FOLDERS = ['harness/judge', 'harness/statistics'] as const;
/** What their tests import, and how they are run. */
export const NEEDED_FOLDERS = ['harness/schema'] as const;

/**
 * SHA-256 of the names and contents of all files in these folders under `root`. A score made at the same value is of the
 * same sources and tests, on whatever commit.
 */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const folder of [...SCORED_FOLDERS, ...NEEDED_FOLDERS]) {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
    for (const file of files) {
      const content = readFileSync(join(root, file));
      hash.update(`${file.replaceAll(sep, '/')}\n${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex');
}
