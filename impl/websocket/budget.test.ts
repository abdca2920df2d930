import { expect, test } from 'vitest';
import { Budget } from './budget.ts';

test('as many as its size are there at once, and one more after each refill', () => {
  let now_ms = 0;
  const budget = new Budget(3, 60_000, () => now_ms);
  const take = (count: number) => Array.from({ length: count }, () => budget.take());
  expect(take(4)).toEqual([true, true, true, false]);
  now_ms += 59_999;
  expect(budget.take()).toBe(false);
  now_ms += 1;
  expect(take(2)).toEqual([true, false]);
});

test('what comes back while nobody takes is no more than its size', () => {
  let now_ms = 0;
  const budget = new Budget(2, 1_000, () => now_ms);
  now_ms = 1_000_000;
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
});
