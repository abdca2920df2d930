/** Shows that the enforcement of the import rules catches what it is for: a checker that sees no files reports no violations. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** `to` is a file, which is there unless it is called `absent.ts`, or a package. */
type Import = readonly [from: string, to: string];

const isFile = (to: string) => to.endsWith('.ts');

/** Cruises a house that has just these imports. @returns the rules broken, as `rule: from → to` */
async function violationsOf(imports: readonly Import[]): Promise<string[]> {
  const house = mkdtempSync(join(tmpdir(), 'import-rules-'));
  onTestFinished(() => rmSync(house, { recursive: true, force: true }));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  const files = new Set(imports.flat().filter((to) => isFile(to) && !to.endsWith('/absent.ts')));
  for (const file of files) {
    const up = '../'.repeat(file.split('/').length - 1) || './';
    const lines = imports
      .filter(([from]) => from === file)
      .map(
        ([, to], index) =>
          `import type { T as T${index} } from '${isFile(to) ? up + to : to}';\nexport type U${index} = T${index};\n`,
      );
    mkdirSync(join(house, dirname(file)), { recursive: true });
    writeFileSync(join(house, file), `${lines.join('')}export type T = 1;\n`);
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      '.',
    ],
    { cwd: house, maxBuffer: 64 * 1024 ** 2 },
  ).catch((error: { stdout: string }) => error);
  const { modules, summary } = JSON.parse(stdout) as {
    modules: { source: string; couldNotResolve?: boolean }[];
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  const cruised = modules.filter((one) => !one.couldNotResolve && !one.source.includes('node_modules/'));
  expect(new Set(cruised.map(({ source }) => source))).toEqual(files);
  const nameOf = (to: string) => to.replace(/^.*node_modules\/([^/]+)\/.*$/, '$1').replace(/^\.\.\//, '');
  return summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${nameOf(to)}`).sort();
}

test('a house that keeps the rules has no violation', async () => {
  const violations = await violationsOf([
    ['harness/judge/c.ts', 'harness/schema/b.ts'],
    ['fixtures/d.ts', 'impl/a.ts'],
    ['fixtures/d.ts', 'harness/judge/c.ts'],
    ['suites/e.ts', 'fixtures/d.ts'],
    ['suites/e.ts', 'impl/a.ts'],
    ['regression.config.ts', 'harness/judge/c.ts'],
    ['regression.config.ts', 'suites/e.ts'],
  ]);
  expect(violations).toEqual([]);
});

test('each forbidden import that is planted is caught by its own rule, type-only imports too', async () => {
  const planted: [rule: string | null, ...Import][] = [
    ['impl-imports-nobody', 'impl/a1.ts', 'harness/schema/b1.ts'],
    ['harness-imports-nobody', 'harness/checks/a2.ts', 'impl/b2.ts'],
    ['harness-imports-nobody', 'harness/checks/a3.ts', 'regression.config.ts'],
    ['harness-schema-imports-nobody', 'harness/schema/a4.ts', 'harness/judge/b4.ts'],
    ['harness-statistics-imports-nobody', 'harness/statistics/a5.ts', 'harness/schema/b5.ts'],
    ['harness-judge-imports-schema-statistics', 'harness/judge/a6.ts', 'harness/checks/b6.ts'],
    ['harness-reporters-imports-schema', 'harness/reporters/a7.ts', 'harness/judge/b7.ts'],
    ['harness-observations-imports-schema', 'harness/observations/a13.ts', 'harness/processes/b13.ts'],
    ['harness-processes-imports-nobody', 'harness/processes/a14.ts', 'harness/random/b14.ts'],
    ['harness-random-imports-nobody', 'harness/random/a15.ts', 'harness/schema/b15.ts'],
    ['harness-network-imports-random', 'harness/network/a16.ts', 'harness/processes/b16.ts'],
    ['harness-components-imports-processes', 'harness/components/a17.ts', 'harness/run-folder/b17.ts'],
    [
      'harness-benchmarks-imports-components-processes-statistics-reporters-random',
      'harness/benchmarks/a22.ts',
      'harness/judge/b22.ts',
    ],
    ['fixtures-imports-harness-impl', 'fixtures/a8.ts', 'suites/b8.ts'],
    ['soak-imports-fixtures-harness-impl', 'soak/a18.ts', 'suites/b18.ts'],
    ['bench-imports-fixtures-harness-impl-soak', 'bench/a19.ts', 'suites/b19.ts'],
    ['suites-imports-fixtures-harness-impl-soak', 'suites/a9.ts', 'bench/b9.ts'],
    ['release-imports-harness', 'release/a10.ts', 'impl/b10.ts'],
    ['tests-are-leaves', 'harness/cli/a11.ts', 'harness/cli/b11.test.ts'],
    ['resolvable', 'impl/a20.ts', 'impl/absent.ts'],
    ['declared-packages', 'impl/a21.ts', 'picomatch'],
    ['no-circles', 'impl/a12.ts', 'impl/b12.ts'],
    // The way back of the circle, which is reported once.
    [null, 'impl/b12.ts', 'impl/a12.ts'],
  ];
  const violations = await violationsOf(planted.map(([, from, to]) => [from, to]));
  const expected = planted.filter(([rule]) => rule !== null).map(([rule, from, to]) => `${rule}: ${from} → ${to}`);
  expect(violations).toEqual(expected.sort());
});
