import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { discover } from './discover.ts';

const CHECK = join(import.meta.dirname, 'check.ts');
const suites = [{ id: 'a', ticket: 'T-1', title: 'A', folder: 'a' }];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'suites-'));
  mkdirSync(join(root, 'a'));
  onTestFinished(() => rmSync(root, { recursive: true }));
});

interface Declared {
  readonly id?: string;
  readonly lane?: string;
  readonly from?: string;
  readonly arms?: readonly string[];
  readonly unit?: string;
}

function writeCheck(file: string, ...checks: readonly Declared[]): void {
  const calls = checks.map(
    ({ id = 'a/check', lane = 'functional', from = 'smoke', arms = ['baseline', 'candidate'], unit = 'ms' }) => {
      const options = { lane, from, arms, facts: ['it works'], measures: { wait_ms: unit } };
      return `check(${JSON.stringify(id)}, ${JSON.stringify(options)}, async () => {});`;
    },
  );
  writeFileSync(join(root, 'a', file), `import { check } from ${JSON.stringify(CHECK)};\n${calls.join('\n')}\n`);
}

function writeMeasure(file: string, pairs: unknown, more = ''): void {
  const options = { facts: [], measures: { wait_ms: 'ms' }, pairs };
  const text = `import { check } from ${JSON.stringify(CHECK)};
    import { measure } from ${JSON.stringify(join(import.meta.dirname, 'measure.ts'))};
    measure('a/measured', ${JSON.stringify(options)}, async () => {});
    ${more}`;
  writeFileSync(join(root, 'a', file), text);
}

/** In place of what a promise with a limit has. */
const GUARDRAIL = {
  kind: 'guardrail',
  statistic: 'p95',
  worse: 'higher',
  tolerance: 0.05,
  minPairs: 8,
  operator: undefined,
  limit: undefined,
  minSamples: undefined,
};

function writePromises(fields: Record<string, unknown> = {}, id = 'a/wait'): void {
  const promise = {
    kind: 'fix',
    says: 'short waits',
    measure: 'wait_ms',
    statistic: 'max',
    operator: '<=',
    limit: 1,
    unit: 'ms',
    minSamples: 1,
    decidableFrom: 'smoke',
    ...fields,
  };
  writeFileSync(join(root, 'a/promises.ts'), `export default ${JSON.stringify({ [id]: promise })};\n`);
}

test('checks and promises are found with their suite and ticket', async () => {
  writeCheck('one.check.ts', {});
  writePromises();
  const { checks, promises } = await discover(root, suites);
  expect(checks.map(({ id, file, suite }) => [id, file, suite.ticket])).toEqual([
    ['a/check', join(root, 'a/one.check.ts'), 'T-1'],
  ]);
  expect(promises).toMatchObject([{ id: 'a/wait', suite: 'a', ticket: 'T-1' }]);
});

test.for<[string, Declared[], Record<string, unknown>, RegExp]>([
  ['two checks of one id', [{}, {}], {}, /the id a\/check is used twice/],
  ['an id that is not of its suite', [{ id: 'b/check' }], {}, /b\/check .* must begin with its suite: a\//],
  ['an id that is no path of words', [{ id: 'a/Check' }], {}, /a\/Check .* is no id/],
  ['lanes mixed in a file', [{}, { id: 'a/other', lane: 'waiting' }], {}, /has checks of several lanes/],
  ['a promise nothing observes', [{}], { measure: 'other_ms' }, /no check observes other_ms/],
  [
    'a promise of a measure that only every object has',
    [{}],
    { measure: 'constructor' },
    /no check observes constructor/,
  ],
  [
    'a promise decided before its check runs',
    [{ from: 'nightly' }],
    {},
    /decidable from smoke, but no check observes wait_ms there/,
  ],
  [
    'a promise in another unit than its check',
    [{ unit: 's' }],
    {},
    /promise a\/wait is in ms, check a\/check observes wait_ms in s/,
  ],
  [
    'a fix whose check does not run on the baseline',
    [{ arms: ['candidate'] }],
    {},
    /a\/check does not run on the baseline/,
  ],
  ['a guardrail whose check leaves out an arm', [{ arms: ['baseline'] }], GUARDRAIL, /does not run on the candidate/],
  [
    'a guardrail of two checks',
    [{}, { id: 'a/other' }],
    GUARDRAIL,
    /pairs the replicates of one check, but a\/check, a\/other/,
  ],
  ['a guardrail with a limit of its own', [{}], { ...GUARDRAIL, limit: 5 }, /limit/],
])('%s is refused', async ([, checks, promise, sentence]) => {
  writeCheck('one.check.ts', ...checks);
  writePromises(promise);
  await expect(discover(root, suites)).rejects.toThrow(sentence);
});

test.for([
  [{ least: 3, most: 2 }, 'has 3 to 2 pairs'],
  [{ least: 0, most: 2 }, 'has 0 to 2 pairs'],
  [{ least: 1.5, most: 2 }, 'has 1.5 to 2 pairs'],
])('a measured check of %j pairs is refused', async ([pairs, sentence]) => {
  writeMeasure('one.check.ts', pairs);
  writePromises();
  await expect(discover(root, suites)).rejects.toThrow(sentence as string);
});

test('a measured check of one pair at most is taken', async () => {
  writeMeasure('one.check.ts', { least: 1, most: 1 });
  writePromises();
  const { checks } = await discover(root, suites);
  expect(checks[0]?.options).toMatchObject({ lane: 'timing', arms: ['baseline', 'candidate'], destroysStack: true });
});

test('a file with a measured check has no other kind, whose stacks would run beside it', async () => {
  writeMeasure(
    'one.check.ts',
    { least: 1, most: 2 },
    "check('a/check', { lane: 'timing', facts: [] }, async () => {});",
  );
  writePromises();
  await expect(discover(root, suites)).rejects.toThrow(/has checks beside a\/measured/);
});

test('a promise that is not whole is refused with the field at fault', async () => {
  writeCheck('one.check.ts', {});
  writePromises({ minSamples: 0 });
  await expect(discover(root, suites)).rejects.toThrow(/minSamples/);
});

test('a promise that takes the id of a generated gate is refused', async () => {
  writeCheck('one.check.ts', {});
  writePromises({}, 'a/check/facts');
  await expect(discover(root, suites)).rejects.toThrow(/the id a\/check\/facts is used twice/);
});

test('a promises.ts that exports nothing by default is refused, not taken for no promises', async () => {
  writeCheck('one.check.ts', {});
  writeFileSync(join(root, 'a/promises.ts'), 'export const promises = {};\n');
  await expect(discover(root, suites)).rejects.toThrow(/promises\.ts has no default export/);
});

test('a check file that declares no check is refused', async () => {
  writeCheck('one.check.ts', {});
  writeFileSync(join(root, 'a/two.check.ts'), 'export {};\n');
  writePromises();
  await expect(discover(root, suites)).rejects.toThrow(/two\.check\.ts declares no check/);
});

test('a suite without checks is refused', async () => {
  writePromises();
  await expect(discover(root, suites)).rejects.toThrow(/suite a has no check in a/);
});

test('a check file that cannot be loaded is named with its error', async () => {
  writeFileSync(join(root, 'a/bad.check.ts'), 'import "./nowhere.ts";\n');
  writePromises();
  await expect(discover(root, suites)).rejects.toThrow(/bad\.check\.ts cannot be loaded: .*nowhere/);
});
