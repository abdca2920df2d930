import { expect, test } from 'vitest';
import { apart } from './labels.ts';

test('labels that are too near move down, in their order; those far enough stay', () => {
  expect(apart([100, 50, 52])).toEqual([100, 50, 64]);
  expect(apart([14, 0])).toEqual([14, 0]);
  expect(apart([13, 0])).toEqual([14, 0]);
});
