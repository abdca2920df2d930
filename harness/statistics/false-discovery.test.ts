import { expect, test } from 'vitest';
import { falseDiscoveryLevel } from './false-discovery.ts';

/** Section 3.2 of the paper: 15 comparisons of two treatments after a heart attack, of which the procedure refutes 4. */
const PAPER = [
  0.0298, 0.0001, 0.0278, 0.0004, 0.0344, 0.0019, 0.0459, 0.0095, 0.324, 0.0201, 0.4262, 0.5719, 0.6528, 0.759, 1,
];

test('the example of Benjamini and Hochberg refutes 4 of 15', () => {
  const level = falseDiscoveryLevel(PAPER, 0.05);
  expect(level).toBeCloseTo((4 * 0.05) / 15, 12);
  expect(PAPER.filter((p) => p <= level)).toHaveLength(4);
});

test('a p-value at its own level is refuted, one above it is not', () => {
  expect(falseDiscoveryLevel([0.025, 1], 0.05)).toBe(0.025);
  expect(falseDiscoveryLevel([0.0251, 1], 0.05)).toBe(0);
});

test('one that is too large alone is refuted along with others', () => {
  expect(falseDiscoveryLevel([0.05, 0.04], 0.05)).toBe(0.05);
});

test('of none, none is refuted', () => {
  expect(falseDiscoveryLevel([], 0.05)).toBe(0);
});
