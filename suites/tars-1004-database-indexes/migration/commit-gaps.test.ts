import { expect, test } from 'vitest';
import { gapLimit_ms, longestGap_ms } from './commit-gaps.ts';

const span = { from_ms: 100, to_ms: 200 };

test('the longest gap lies between two commits, or at an end of the span', () => {
  expect(longestGap_ms([110, 150, 160, 195], span)).toBe(40);
  expect(longestGap_ms([160, 195], span)).toBe(60);
  expect(longestGap_ms([105, 130], span)).toBe(70);
});

test('without a commit the whole span is a gap, whatever came before and after', () => {
  expect(longestGap_ms([], span)).toBe(100);
  expect(longestGap_ms([99, 201], span)).toBe(100);
});

test('the limit is three times the longest quiet gap, and never under 250 ms', () => {
  const quiet = [
    { from_ms: 0, to_ms: 100 },
    { from_ms: 100, to_ms: 200 },
  ];
  expect(gapLimit_ms([50, 150], quiet)).toBe(250);
  expect(gapLimit_ms([50], quiet)).toBe(300);
});
