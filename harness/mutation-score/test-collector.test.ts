import { expect, test } from 'vitest';
import { TestCollector } from './test-collector.ts';

test('collects as Vitest would: groups, tables whose rows are spread, tables whose rows are not, limits of time', async () => {
  const collector = new TestCollector();
  const seen: unknown[] = [];
  const see = (...row: unknown[]) => void seen.push(row);
  const tests = await collector.collect(async () => {
    collector.test('alone', () => see('alone'));
    collector.describe('a group', () => {
      collector.test.each([[1, 2], 3])('each %s', see);
      collector.test.for([[4, 5]])('for %s', see);
    });
    collector.describe.each([[6, 7]])('of %s', (a: unknown, b: unknown) => {
      collector.test('inside', { timeout: 1_000 }, () => see(a, b), 1_000);
    });
  });
  for (const { run } of tests) run();
  expect(seen).toEqual([['alone'], [1, 2], [3], [[4, 5]], [6, 7]]);
  expect(tests.map(({ name }) => name)).toEqual([
    '0 alone',
    '1 a group > each %s',
    '2 a group > each %s',
    '3 a group > for %s',
    '4 of %s > inside',
  ]);
});

test('begins anew with each file, also after one that did not load', async () => {
  const collector = new TestCollector();
  const broken = collector.collect(async () => {
    collector.describe('a group', () => {
      collector.test('lost', () => {});
      throw new Error('does not load');
    });
  });
  await expect(broken).rejects.toThrow('does not load');
  const tests = await collector.collect(async () => collector.test('kept', () => {}));
  expect(tests.map(({ name }) => name)).toEqual(['0 kept']);
});

test('a test without a body is told', async () => {
  const collector = new TestCollector();
  await expect(collector.collect(async () => collector.test('empty'))).rejects.toThrow('expected a test with a body');
});
