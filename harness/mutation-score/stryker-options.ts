/** How Stryker is run. Its options: https://stryker-mutator.io/docs/stryker-js/configuration */
import { join } from 'node:path';

/**
 * A change is taken for an endless loop when its tests take so much longer than they took unchanged. Much, because a
 * machine with other work is slow for a while, and a change that nobody noticed must not count as noticed for that.
 */
const TIMEOUT_MS = 15_000;

export interface StrykerRun {
  /** What is changed, and whose tests are to notice. */
  readonly folder: string;
  /** All that those tests need, with that folder. */
  readonly copied: readonly string[];
  /** How many changes are tried at a time. */
  readonly jobs: number;
  /** Stryker's copy of the sources goes there. */
  readonly temporary: string;
  /** Its report, as JSON. */
  readonly report: string;
}

/**
 * Not incremental: Stryker would take over what it found in a file that has not changed itself, though what that file
 * imports may have. Static changes (of a module's constants) are tried too, each against all tests.
 */
export function strykerOptions({ folder, copied, jobs, temporary, report }: StrykerRun): object {
  return {
    testRunner: 'in-process',
    plugins: [join(import.meta.dirname, 'test-runner.ts')],
    testFolder: folder,
    coverageAnalysis: 'perTest',
    mutate: [`${folder}/**/*.ts`, '!**/*.{test,fixture}.ts'],
    ignorePatterns: ['**', ...copied.flatMap(withParents), '!package.json', '!tsconfig.json'],
    tempDirName: temporary,
    concurrency: jobs,
    timeoutMS: TIMEOUT_MS,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    allowConsoleColors: false,
    warnings: { slow: false },
  };
}

/** Whoever is to look into a folder must not be kept out of the folders above it. */
function withParents(folder: string): string[] {
  const parts = folder.split('/');
  return [...parts.map((_, index) => `!${parts.slice(0, index + 1).join('/')}`), `!${folder}/**`];
}
