/** Stryker itself on a project of two lines. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Reaper } from '../processes/reaper.ts';
import { ProcessError } from '../processes/run-process.ts';
import { measureScores, type Tried } from './measure.ts';

const MODULES = resolve(import.meta.dirname, '../../node_modules');

/** `fee` is not tested at its boundary; `remembered` keeps something in its module. */
const SOURCE = `export const fee = (price: number): number => (price > 10 ? 1 : 0);
const made: number[] = [];
export function remembered(): number {
  made.push(1);
  return made.length;
}
`;
const TESTS = `import { expect, test } from 'vitest';
import { fee, remembered } from './fee.ts';
test.each([[20, 1], [2, 0]])('the fee of %s is %s', (price, cost) => { expect(fee(price)).toBe(cost); });
test('what one change left behind is not there for the next', () => { expect(remembered()).toBe(1); });
`;

async function givenProject(tests: string) {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  const temporary = join(root, 'temporary');
  for (const folder of ['acme/part', 'temporary']) mkdirSync(join(root, folder), { recursive: true });
  symlinkSync(MODULES, join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'acme/part/fee.ts'), SOURCE);
  writeFileSync(join(root, 'acme/part/fee.test.ts'), tests);
  const reaper = await Reaper.found({ folder: temporary });
  onTestFinished(async () => {
    await reaper.close();
    rmSync(root, { recursive: true, force: true });
  });
  const told: Tried[] = [];
  const given = {
    root,
    scored: ['acme/part'],
    needed: [],
    jobs: 1,
    reaper,
    progress: (tried: Tried) => told.push(tried),
  };
  return { root, given };
}

test('tells what the tests notice from what they do not, each change on its own', { timeout: 240_000 }, async () => {
  const { root, given } = await givenProject(TESTS);
  const [score] = await measureScores({ ...given, signal: new AbortController().signal });
  expect(score?.undetected).toEqual([
    { at: 'acme/part/fee.ts:1:48', mutator: 'EqualityOperator', replacement: 'price >= 10', how: 'survived' },
  ]);
  expect(score).toMatchObject({ folder: 'acme/part', timeout: 0, survived: 1, noCoverage: 0, errors: 0 });
  expect(readdirSync(root).sort()).toEqual(['acme', 'node_modules', 'package.json', 'temporary']);
  expect(readdirSync(join(root, 'acme/part')).sort()).toEqual(['fee.test.ts', 'fee.ts']);
});

test('tests that fail without any change are no measure', { timeout: 240_000 }, async () => {
  const { given } = await givenProject(TESTS.replace('[2, 0]', '[2, 7]'));
  const measuring = measureScores({ ...given, signal: new AbortController().signal });
  await expect(measuring).rejects.toThrow(ProcessError);
});
