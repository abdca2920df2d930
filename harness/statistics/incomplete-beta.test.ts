import { describe, expect, test } from 'vitest';
import { incompleteBeta, inverseIncompleteBeta } from './incomplete-beta.ts';
import { StatisticsInputError } from './input-error.ts';
import vectors from './vectors.json' with { type: 'json' };

describe('incompleteBeta', () => {
  test.each(vectors.incomplete_beta as [number, number, number, number][])(
    'I_%d(%d, %d) agrees with scipy',
    (x, a, b, expected) => {
      expect(Math.abs(incompleteBeta(x, a, b) - expected)).toBeLessThan(1e-13);
    },
  );

  test.each([
    [0.025, 1, 1e7],
    [0.975, 5e6, 5e6 + 1],
    [0.5, 0.5, 3],
    [1e-9, 9_999_999, 1],
  ])('its inverse leads back: p %d, a %d, b %d', (p, a, b) => {
    expect(incompleteBeta(inverseIncompleteBeta(p, a, b), a, b) / p).toBeCloseTo(1, 8);
  });

  test('the ends are exact', () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect([inverseIncompleteBeta(0, 2, 3), inverseIncompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });

  test.each([
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [0.5, 0, 1],
    [0.5, 1, Number.NaN],
  ])('x %d, a %d, b %d is refused', (x, a, b) => {
    expect(() => incompleteBeta(x, a, b)).toThrow(StatisticsInputError);
    expect(() => inverseIncompleteBeta(-1, 1, 1)).toThrow(StatisticsInputError);
  });
});
