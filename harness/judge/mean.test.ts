/** A promise about a mean, judged: its interval, the clusters it rests on, and samples beyond its ceiling. */
import { expect, test } from 'vitest';
import type { LimitPromise } from '../schema/promise.ts';
import { promiseSchema } from '../schema/promise.ts';
import { estimateOf, Pool } from './estimate.ts';
import { judgeLimit } from './limit.ts';
import { earlyLimit, judgeLooked, summariseLimit } from './limit-looks.ts';

const promise: LimitPromise = {
  id: 'acme-7/quick-on-average',
  suite: 'acme-7',
  kind: 'absolute',
  says: 'Quick on average',
  measure: 'wait_ms',
  unit: 'ms',
  decidableFrom: 'smoke',
  statistic: 'mean',
  ceiling: 30,
  operator: '<',
  limit: 5,
  minSamples: 100,
};
const verdictOf = (batches: readonly (readonly number[])[]) =>
  judgeLimit(promise, estimateOf(promise, new Pool([batches])));
const blocks = (count: number, ...samples: number[]) => Array.from({ length: count }, () => samples);

test('a mean far under its limit passes, far over it fails, and near it is neither', () => {
  expect(verdictOf(blocks(100, 1, 2, 3))).toBe('pass');
  expect(verdictOf(blocks(100, 11, 12, 13))).toBe('fail');
  expect(verdictOf([...blocks(50, 1), ...blocks(50, 8.8)])).toBe('marginal');
  expect(verdictOf([...blocks(50, 1), ...blocks(50, 9.2)])).toBe('inconclusive');
});

test('samples of one block may resemble each other: ten times as many of the same make nothing surer', () => {
  const few = estimateOf(promise, new Pool([blocks(20, 2)]));
  const many = estimateOf(promise, new Pool([blocks(20, ...new Array(10).fill(2))]));
  expect(many).toMatchObject({ low: few.low, high: few.high, samples: 200, effective: 20 });
});

test('too few samples never pass, however good they are', () => {
  expect(verdictOf(blocks(33, 1, 1, 1))).toBe('no-data');
  expect(verdictOf(blocks(34, 1, 1, 1))).toBe('pass');
});

test('looked at early, replicates over the limit fail and those under it pass', () => {
  const early = (value: number) =>
    earlyLimit(
      promise,
      Array.from({ length: 60 }, () => summariseLimit(promise, [[value, value]])),
    );
  expect([early(15), early(0), early(5)]).toEqual(['fail', 'pass', 'inconclusive']);
  const looked = judgeLooked(promise, new Pool(Array.from({ length: 60 }, () => [[0, 0]])), true);
  expect(looked.verdict(true)).toBe('pass');
  expect(looked.estimate().high).toBeLessThan(5);
});

test('a mean has a ceiling above its limit, and nothing else has one', () => {
  const isWhole = (changes: object) => promiseSchema.safeParse({ ...promise, ...changes }).success;
  expect(isWhole({})).toBe(true);
  expect(isWhole({ ceiling: undefined })).toBe(false);
  expect(isWhole({ ceiling: 5 })).toBe(false);
  expect(isWhole({ limit: 0 })).toBe(false);
  expect(isWhole({ statistic: 'p95' })).toBe(false);
});
