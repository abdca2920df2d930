import { expect, test } from 'vitest';
import { exactly, exactQuantity, percent, quantity, readable } from './numbers.ts';

test.each([
  [7.12345, '7.12'],
  [412.4, '412'],
  [12_345.6, '12,346'],
  [0.0012345, '0.00123'],
  [0, '0'],
  [-1234.5, '-1,235'],
])('%d reads %s', (value, text) => {
  expect(readable(value)).toBe(text);
});

test('nor across it', () => {
  expect(readable(99.97, 99.98)).toBe('99.97');
  expect(readable(99.99, 99.98)).toBe('100');
  expect(readable(12_345.6, 12_345.9)).toBe('12,345.6');
  expect(readable(30_000.25, 30_000.25)).toBe('30,000.25');
  expect(percent(0.0996, 0.09958)).toBe('9.96 %');
  expect(percent(0.07, 0.07)).toBe('7 %');
});

test('a number is never rounded onto the limit it is compared with', () => {
  expect(readable(99.97, 100)).toBe('99.97');
  expect(readable(100.4, 100)).toBe('100.4');
  expect(readable(100, 100)).toBe('100');
  expect(readable(0.1 + 0.2, 0.3)).toBe('0.30000000000000004');
});

test('shares are percent, limits keep all their digits', () => {
  expect(percent(0.0974)).toBe('9.74 %');
  expect(exactly(30_000.25)).toBe('30,000.25');
});

test("a value is written at a readable scale, beside another at that one's, and a limit keeps all its digits", () => {
  expect(quantity(41_234, 'ms')).toBe('41.2 s');
  expect(quantity(60_004, 'ms', 60_000)).toBe('60.004 s');
  expect(quantity(7.125, 'flaws')).toBe('7.13 flaws');
  expect(exactQuantity(30_000, 'ms')).toBe('30 s');
  expect(exactQuantity(1_234.5, 'ms')).toBe('1.2345 s');
  expect(exactQuantity(200_000_000, 'bytes')).toBe('200 MB');
});
