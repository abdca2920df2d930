/**
 * Stryker's plugin that runs the tests of pure code: in Stryker's own worker process, with every module loaded afresh for
 * each change, and no further process, worker or server beside it. The Vitest plugin starts a worker for each change,
 * which took some 0.25 s of processor time for tests that take milliseconds. Assertions are Vitest's.
 * Source: https://stryker-mutator.io/docs/stryker-js/guides/create-a-plugin
 */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { INSTRUMENTER_CONSTANTS, type StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import { expect } from 'vitest';
import { createViteServer } from 'vitest/node';
import { type CollectedTest, TestCollector } from './test-collector.ts';

/**
 * Properties are tried on the same few inputs for every change: the score of the same sources is then the same each
 * time, and what only one input in a thousand would show does not count as noticed.
 */
const PROPERTIES = { seed: 1, numRuns: 30 } as const;

const VITEST = '\0vitest';
const COLLECTOR = '__collector__';

/** What the changed code reads and counts, in a global variable of this name. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

type ViteServer = Awaited<ReturnType<typeof createViteServer>>;
/** Of Vite's server-side environment what is used here. */
interface Modules {
  runner: { import(file: string): Promise<unknown>; clearCache(): void; close(): Promise<void> };
}

export class InProcessTestRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options);
  readonly #folder: string;
  readonly #collector = new TestCollector();
  #server: ViteServer | undefined;
  #files: string[] = [];

  constructor(options: StrykerOptions) {
    this.#folder = options.testFolder as string;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    fc.configureGlobal(PROPERTIES);
    Object.assign(globalThis, { [COLLECTOR]: { ...this.#collector, expect } });
    this.#files = globSync(`${this.#folder}/**/*.test.ts`, { exclude: ['**/*.slow.test.ts'] })
      .map((file) => resolve(file))
      .sort();
    this.#server = await createViteServer({
      configFile: false,
      appType: 'custom',
      logLevel: 'error',
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
      ssr: { noExternal: ['vitest'] },
      plugins: [
        {
          name: 'collect-tests',
          enforce: 'pre',
          resolveId: (id) => (id === 'vitest' ? VITEST : undefined),
          load: (id) =>
            id === VITEST ? `export const { describe, test, expect } = globalThis.${COLLECTOR};` : undefined,
        },
      ],
    });
  }

  async dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    const code = instrumented();
    Object.assign(code, { activeMutant: undefined, mutantCoverage: undefined });
    for (const file of this.#files) {
      for (const test of await this.#load(file)) {
        code.currentTestId = idOf(file, test);
        tests.push(await run(file, test));
        code.currentTestId = undefined;
      }
    }
    return {
      status: DryRunStatus.Complete,
      tests,
      ...(code.mutantCoverage === undefined ? {} : { mutantCoverage: code.mutantCoverage }),
    };
  }

  async mutantRun({
    activeMutant,
    sandboxFileName,
    testFilter,
    hitLimit,
    disableBail,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const code = instrumented();
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    const tests: TestResult[] = [];
    Object.assign(code, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    this.#modules.runner.clearCache();
    try {
      for (const file of ownFirst(this.#files, sandboxFileName)) {
        if (wanted !== undefined && !testFilter?.some((id) => id.startsWith(`${file}#`))) continue;
        for (const test of await this.#load(file)) {
          if (wanted?.has(idOf(file, test)) === false) continue;
          const result = await run(file, test);
          tests.push(result);
          const limit = determineHitLimitReached(code.hitCount, hitLimit);
          if (limit !== undefined) return toMutantRunResult(limit);
          if (result.status === TestStatus.Failed && !disableBail) {
            return toMutantRunResult({ status: DryRunStatus.Complete, tests });
          }
        }
      }
      return toMutantRunResult({ status: DryRunStatus.Complete, tests });
    } catch (error) {
      // A file that does not load.
      return toMutantRunResult({ status: DryRunStatus.Error, errorMessage: String(error) });
    } finally {
      code.activeMutant = undefined;
    }
  }

  async dispose(): Promise<void> {
    await this.#server?.close();
  }

  get #modules(): Modules {
    return this.#server?.environments.ssr as unknown as Modules;
  }

  #load(file: string): Promise<CollectedTest[]> {
    return this.#collector.collect(() => this.#modules.runner.import(file));
  }
}

/** The test of the changed file is the likeliest to fail, and one failure is enough. */
function ownFirst(files: readonly string[], changed: string): string[] {
  const own = changed.replace(/\.ts$/, '.test.ts');
  return files.toSorted((a, b) => Number(b === own) - Number(a === own));
}

function instrumented(): Instrumented {
  const all = globalThis as unknown as Record<string, Instrumented>;
  all[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
  return all[INSTRUMENTER_CONSTANTS.NAMESPACE] as Instrumented;
}

function idOf(file: string, test: CollectedTest): string {
  return `${file}#${test.name}`;
}

async function run(file: string, test: CollectedTest): Promise<TestResult> {
  const began = performance.now();
  const result = { id: idOf(file, test), name: test.name, fileName: file };
  const timeSpentMs = () => performance.now() - began;
  try {
    await test.run();
    return { ...result, status: TestStatus.Success, timeSpentMs: timeSpentMs() };
  } catch (error) {
    const failureMessage = error instanceof Error ? error.message : String(error);
    return { ...result, status: TestStatus.Failed, failureMessage, timeSpentMs: timeSpentMs() };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessTestRunner)];
export const strykerValidationSchema = {
  properties: { testFolder: { type: 'string' } },
};
