import { expect, test } from 'vitest';
import { z } from 'zod';
import { idSchema, promiseSchema, reaches } from './promise.ts';
import { runSchema } from './run.ts';
import { exitCodeOf, VERDICTS, worst } from './verdict.ts';

test('run.schema.json, for consumers in other languages, is generated from the types and current', async () => {
  const schema = z.toJSONSchema(runSchema, { target: 'draft-2020-12' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('run.schema.json');
});

test('the worst of several verdicts wins, in the order of the scale', () => {
  for (const [index, verdict] of VERDICTS.entries()) {
    expect(worst([...VERDICTS.slice(index)].reverse())).toBe(verdict);
  }
});

test('no verdicts at all are no-data, not a pass', () => {
  expect(worst([])).toBe('no-data');
});

test('only pass exits 0 and only fail exits 1', () => {
  expect(VERDICTS.map(exitCodeOf)).toEqual([1, 2, 2, 2, 2, 0]);
});

test.for(['acme-1001/reconnects', 'a/b/c-d', 'acme-1001/reconnects/facts'])('%s is an id', (id) => {
  expect(idSchema.safeParse(id).success).toBe(true);
});

test.for(['reconnects', 'Acme-1001/x', 'a/', '/a', 'a//b', 'a/b_c', 'a/-b', '../a/b'])('%s is no id', (id) => {
  expect(idSchema.safeParse(id).success).toBe(false);
});

test('a profile includes what is declared from a quicker one, and not from a longer one', () => {
  expect(reaches('standard', 'smoke')).toBe(true);
  expect(reaches('standard', 'standard')).toBe(true);
  expect(reaches('standard', 'nightly')).toBe(false);
});

const promise = {
  id: 'a/b',
  suite: 'a',
  kind: 'fix',
  says: 'x',
  measure: 'm',
  operator: '<=',
  limit: 1,
  unit: 'ms',
  minSamples: 2,
  decidableFrom: 'smoke',
};

test('a threshold goes with count-above and share-above, and with nothing else', () => {
  expect(promiseSchema.safeParse({ ...promise, statistic: 'count-above', threshold: 3 }).success).toBe(true);
  expect(promiseSchema.safeParse({ ...promise, statistic: 'count-above' }).success).toBe(false);
  expect(promiseSchema.safeParse({ ...promise, statistic: 'p95' }).success).toBe(true);
  expect(promiseSchema.safeParse({ ...promise, statistic: 'p95', threshold: 3 }).success).toBe(false);
});

test.for([
  [{ limit: 0 }, true],
  [{ limit: 1 }, true],
  [{ limit: -0.01 }, false],
  [{ limit: 1.01 }, false],
  [{ limit: 5, operator: '>=' }, false],
] as const)('the limit of a share is a fraction: %o is %s', ([changes, accepted]) => {
  const share = { ...promise, statistic: 'share-above', threshold: 3, minSamples: 100, ...changes };
  expect(promiseSchema.safeParse(share).success).toBe(accepted);
});

test.for([
  ['<=', 29, true],
  ['<=', 30, false],
  ['<', 29, true],
  ['<', 30, false],
  ['>=', 30, true],
] as const)('a count that must be %s %d of at least 30 samples is accepted: %s', ([operator, limit, accepted]) => {
  const count = { ...promise, statistic: 'count-above', threshold: 3, minSamples: 30, operator, limit };
  expect(promiseSchema.safeParse(count).success).toBe(accepted);
});
