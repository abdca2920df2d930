import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatisticsInputError } from './input-error.ts';
import { clopperPearson } from './proportion.ts';
import vectors from './vectors.json' with { type: 'json' };

const counts = fc
  .integer({ min: 1, max: 10_000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

/** P(B = k) for k = 0..n by the plain recurrence, independent of the code under test. */
function binomial(n: number, share: number): number[] {
  const row = [(1 - share) ** n];
  for (let k = 1; k <= n; k++) row.push(((row[k - 1] as number) * (n - k + 1) * share) / (k * (1 - share)));
  return row;
}

describe('clopperPearson', () => {
  test.each(vectors.clopper_pearson as number[][])(
    '%d of %d at %d agrees with scipy',
    (k, n, confidence, low, high) => {
      const interval = clopperPearson(k as number, n as number, confidence);
      expect(Math.abs(interval.low - (low as number))).toBeLessThan(1e-14);
      expect(Math.abs(interval.high - (high as number))).toBeLessThan(1e-14);
    },
  );

  test('none of n is [0, 1 - (α/2)^(1/n)], all of n its mirror image', () => {
    expect(clopperPearson(0, 36)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 36), 14) });
    expect(clopperPearson(36, 36)).toEqual({ low: expect.closeTo(0.025 ** (1 / 36), 14), high: 1 });
  });

  test('"none above" is under 5 % from 72 samples on, not with 71', () => {
    expect(clopperPearson(0, 72).high).toBeLessThan(0.05);
    expect(clopperPearson(0, 71).high).toBeGreaterThan(0.05);
  });

  test('covers every true share with at least 95 %, by exact enumeration', () => {
    for (const n of [1, 5, 17, 40]) {
      const intervals = Array.from({ length: n + 1 }, (_, k) => clopperPearson(k, n));
      for (let share = 0.01; share < 1; share += 0.01) {
        const covered = binomial(n, share).filter((_, k) => {
          const { low, high } = intervals[k] as { low: number; high: number };
          return low <= share && share <= high;
        });
        expect(covered.reduce((sum, p) => sum + p, 0)).toBeGreaterThanOrEqual(0.95);
      }
    }
  });

  test('contains the point estimate and mirrors when success and failure are swapped', () => {
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const { low, high } = clopperPearson(k, n);
        const mirror = clopperPearson(n - k, n);
        expect(low).toBeLessThanOrEqual(k / n);
        expect(high).toBeGreaterThanOrEqual(k / n);
        expect(1 - mirror.high).toBeCloseTo(low, 12);
      }),
    );
  });

  test('rises with the successes and narrows with the trials', () => {
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const { low, high } = clopperPearson(k, n);
        const tenfold = clopperPearson(10 * k, 10 * n);
        expect(tenfold.high - tenfold.low).toBeLessThan(high - low);
        if (k === n) return;
        const more = clopperPearson(k + 1, n);
        expect(more.low).toBeGreaterThan(low);
        expect(more.high).toBeGreaterThanOrEqual(high);
      }),
    );
  });

  test.each([
    [-1, 3],
    [4, 3],
    [0, 0],
    [1.5, 3],
  ])('%d of %d is refused', (k, n) => {
    expect(() => clopperPearson(k, n)).toThrow(StatisticsInputError);
  });

  test('a confidence of 1 is refused', () => {
    expect(() => clopperPearson(1, 2, 1)).toThrow(StatisticsInputError);
  });
});
