import { expect, test } from 'vitest';
import { busiestRate_per_s } from './busiest-rate.ts';

test('events in one window count together, those a window apart do not', () => {
  expect(busiestRate_per_s([1_000, 1_249], 250)).toBe(8);
  expect(busiestRate_per_s([1_000, 1_250], 250)).toBe(4);
});

test('the busiest window is found wherever it begins, in whatever order the events come', () => {
  expect(busiestRate_per_s([900, 0, 500, 510, 520, 300], 100)).toBe(30);
});

test('nothing comes at no rate', () => {
  expect(busiestRate_per_s([], 250)).toBe(0);
});
