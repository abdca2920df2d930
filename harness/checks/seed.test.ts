import { expect, test } from 'vitest';
import { deriveSeed } from './seed.ts';

test('each execution of a check has a seed of its own, and always the same one', () => {
  const seeds = [
    deriveSeed(1, 'a/b', 'candidate', 0),
    deriveSeed(2, 'a/b', 'candidate', 0),
    deriveSeed(1, 'a/c', 'candidate', 0),
    deriveSeed(1, 'a/b', 'baseline', 0),
    deriveSeed(1, 'a/b', 'candidate', 1),
    deriveSeed(1, 'a/b', 'both', 0),
  ];
  expect(new Set(seeds).size).toBe(6);
  expect(deriveSeed(1, 'a/b', 'candidate', 0)).toBe(seeds[0]);
});
