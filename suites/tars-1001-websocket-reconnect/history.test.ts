import { expect, test } from 'vitest';
import { holesIn, untold } from './history.ts';

const events = (ids: string) => [...ids].map((id) => ({ id }));

test('what arrived whole has no hole', () => {
  expect(holesIn(events('abcd'), events('abcd'))).toEqual([]);
});

test('a hole stands at the beginning, in the middle or at the end, by what arrived before it', () => {
  expect(holesIn(events('abcd'), events('bcd'))).toEqual([0]);
  expect(holesIn(events('abcd'), events('ad'))).toEqual([1]);
  expect(holesIn(events('abcd'), events('abc'))).toEqual([3]);
  expect(holesIn(events('abcdef'), events('bdf'))).toEqual([0, 1, 2]);
});

test('an event that arrives twice hides no hole', () => {
  expect(holesIn(events('abcd'), events('abad'))).toEqual([3]);
});

test('a gap told at the hole is told; one told elsewhere hides the hole and is false', () => {
  expect(untold([2], [2], false)).toBe(0);
  expect(untold([2], [], false)).toBe(1);
  expect(untold([2], [3], false)).toBe(2);
  expect(untold([], [2], false)).toBe(1);
});

test('a log that began anew is told even when nothing was missed, and its holes at their place', () => {
  expect(untold([], [4], true)).toBe(0);
  expect(untold([], [], true)).toBe(1);
  expect(untold([2], [3], true)).toBe(1);
});
