import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatisticsInputError } from './input-error.ts';
import { quantileEstimate, quantileRanks, sortedSamples } from './quantile.ts';
import vectors from './vectors.json' with { type: 'json' };

const samples = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 });
const percents = fc.constantFrom(50, 95, 99);

describe('quantileRanks', () => {
  test.each(vectors.quantile_ranks as [number, number, number, number | null, number | null][])(
    'n %d, p%d at %d agrees with scipy.stats.quantile_test',
    (n, percent, confidence, low, high) => {
      expect(quantileRanks(n, percent, confidence)).toMatchObject({ low, high });
    },
  );

  test.each([
    [50, 6],
    [95, 72],
    [99, 368],
  ])('p%d has no upper bound with one sample less than %d', (percent, enough) => {
    expect(quantileRanks(enough, percent).high).toBe(enough);
    expect(quantileRanks(enough - 1, percent).high).toBeNull();
  });

  test('the point is the nearest rank, free of rounding', () => {
    expect([20, 40, 60, 100, 1000].map((n) => quantileRanks(n, 95).point)).toEqual([19, 38, 57, 95, 950]);
    expect([1, 21, 101].map((n) => quantileRanks(n, 95).point)).toEqual([1, 20, 96]);
  });

  test('covers the quantile with at least 95 %, by exact enumeration', () => {
    for (let n = 1; n <= 120; n++) {
      for (const percent of [50, 95, 99]) {
        const ranks = quantileRanks(n, percent);
        const share = percent / 100;
        let probability = (1 - share) ** n;
        let covered = 0;
        for (let below = 0; below <= n; below++) {
          if (below >= (ranks.low ?? 0) && below < (ranks.high ?? n + 1)) covered += probability;
          probability *= ((n - below) * share) / ((below + 1) * (1 - share));
        }
        expect(covered, `n ${n}, p${percent}`).toBeGreaterThanOrEqual(0.95);
      }
    }
  });

  test.each([
    [0, 50],
    [10, 0],
    [10, 100],
    [10, 99.9],
    [2.5, 50],
  ])('%d samples at %d percent are refused', (n, percent) => {
    expect(() => quantileRanks(n, percent)).toThrow(StatisticsInputError);
  });
});

describe('quantileEstimate', () => {
  test('is a sample inside its interval', () => {
    fc.assert(
      fc.property(samples, percents, (values, percent) => {
        const { value, low, high } = quantileEstimate(sortedSamples([values]), percent);
        expect(values).toContain(value);
        expect(low ?? value).toBeLessThanOrEqual(value);
        expect(high ?? value).toBeGreaterThanOrEqual(value);
      }),
    );
  });

  test('is free of order and of how the values were batched', () => {
    fc.assert(
      fc.property(samples, percents, fc.nat(), (values, percent, cut) => {
        const at = cut % (values.length + 1);
        const turned = [values.slice(at).reverse(), values.slice(0, at)];
        expect(quantileEstimate(sortedSamples(turned), percent)).toEqual(
          quantileEstimate(sortedSamples([values]), percent),
        );
      }),
    );
  });

  test('is free of scale: doubled samples give doubled bounds', () => {
    fc.assert(
      fc.property(samples, percents, (values, percent) => {
        const once = quantileEstimate(sortedSamples([values]), percent);
        const twice = quantileEstimate(sortedSamples([values.map((value) => 2 * value)]), percent);
        const double = (bound: number | null) => (bound === null ? null : 2 * bound);
        expect(twice).toEqual({ value: 2 * once.value, low: double(once.low), high: double(once.high) });
      }),
    );
  });

  test('rises with the percent', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const sorted = sortedSamples([values]);
        const [p50, p95, p99] = [50, 95, 99].map((percent) => quantileEstimate(sorted, percent).value) as [
          number,
          number,
          number,
        ];
        expect(p50 <= p95 && p95 <= p99).toBe(true);
      }),
    );
  });

  test('the share of samples between its bounds shrinks as samples grow', () => {
    const width = (n: number) => {
      const { low, high } = quantileRanks(n, 95);
      return ((high as number) - (low as number)) / n;
    };
    const widths = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].map(width);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(new Set(widths).size).toBe(widths.length);
  });

  test('no samples are refused', () => {
    expect(() => quantileEstimate(sortedSamples([]), 50)).toThrow(StatisticsInputError);
  });
});
