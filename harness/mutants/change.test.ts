import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { applyChange, type Change } from './change.ts';
import { environmentOf } from './environment.ts';

const change = (find: string, replace: string): Change => ({ file: 'x.ts', find, replace });

test('the text that stands once is replaced, to the letter', () => {
  expect(applyChange('a = b + c;', change('b + c', "$& $1 'x'"))).toBe("a = $& $1 'x';");
});

test.for([
  ['not there', 'a = b;', 0],
  ['there twice', 'c = c;', 2],
] as const)('a text that is %s makes the mutant stale', ([, source, count]) => {
  expect(() => applyChange(source, change('c', 'd'))).toThrow(`stands ${count} times`);
});

test('a Node process with the environment of a change loads the file changed, and only that one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'change-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'answer.ts');
  writeFileSync(file, 'export const answer: string = "right";\n');
  writeFileSync(join(folder, 'other.ts'), 'export const other: string = "right";\n');
  const main = join(folder, 'main.ts');
  writeFileSync(
    main,
    'import { answer } from "./answer.ts"; import { other } from "./other.ts"; console.log(answer, other);',
  );
  const run = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [main], { env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' });
  expect(run({}).stdout).toBe('right right\n');
  expect(run(environmentOf({ file, find: 'right', replace: 'wrong' })).stdout).toBe('wrong right\n');
  const stale = run(environmentOf({ file, find: 'gone', replace: 'wrong' }));
  expect(stale.status).not.toBe(0);
  expect(stale.stderr).toContain('stands 0 times');
});
