import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatisticsInputError } from './input-error.ts';
import vectors from './paired-vectors.json' with { type: 'json' };
import { hodgesLehmann, signedRankDistribution, signedRankLowerBound, signedRankP } from './signed-rank.ts';

/** Whole numbers, so that shifting and scaling them is exact. */
const differences = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 1, maxLength: 20 });
const alphas = fc.constantFrom(0.05, 0.01, 0.005);

describe('signedRankDistribution', () => {
  test.each(vectors.signed_rank_distribution.map((law) => [law.length, law] as const))(
    'of %d sums agrees with going through all signs',
    (length, law) => {
      const count = (Math.sqrt(8 * length - 7) - 1) / 2;
      for (const [t, p] of signedRankDistribution(count).entries()) expect(p).toBeCloseTo(law[t] as number, 12);
    },
  );
});

describe('signedRankP', () => {
  test.each(vectors.signed_rank_p as [number[], number, number][])(
    'of %j above %d agrees with scipy.stats.wilcoxon',
    (values, middle, p) => {
      expect(signedRankP(values, middle)).toBeCloseTo(p, 12);
    },
  );

  test('is 1 for no differences', () => {
    expect(signedRankP([], 0)).toBe(1);
  });

  test('refuses exactly what the lower bound excludes', () => {
    fc.assert(
      fc.property(differences, alphas, fc.integer({ min: -64, max: 64 }), (values, alpha, middle) => {
        const low = signedRankLowerBound(values, alpha);
        expect(signedRankP(values, middle) <= alpha).toBe(low !== null && low > middle);
      }),
    );
  });
});

describe('signedRankLowerBound', () => {
  test.each(vectors.signed_rank_lower as [number[], number, number | null][])(
    'of %j at %d agrees with turning scipy.stats.wilcoxon round',
    (values, alpha, low) => {
      const bound = signedRankLowerBound(values, alpha);
      if (low === null) expect(bound).toBeNull();
      else expect(bound).toBeCloseTo(low, 9);
    },
  );

  test('bounds nothing with one difference too few', () => {
    expect(signedRankLowerBound([1, 2, 3, 4, 5, 6, 7], 0.01)).toBe(1);
    expect(signedRankLowerBound([1, 2, 3, 4, 5, 6], 0.01)).toBeNull();
    expect(signedRankLowerBound([], 0.5)).toBeNull();
  });

  test('is free of order, moves with the differences, and lies under the estimate', () => {
    fc.assert(
      fc.property(differences, alphas, fc.integer({ min: -64, max: 64 }), (values, alpha, by) => {
        const low = signedRankLowerBound(values, alpha);
        expect(signedRankLowerBound(values.toReversed(), alpha)).toBe(low);
        if (low === null) return;
        expect(low).toBeLessThanOrEqual(hodgesLehmann(values));
        expect(
          signedRankLowerBound(
            values.map((value) => 2 * value + by),
            alpha,
          ),
        ).toBe(2 * low + by);
      }),
    );
  });

  test('never falls when a difference rises', () => {
    fc.assert(
      fc.property(differences, alphas, fc.nat(), fc.nat(50), (values, alpha, which, by) => {
        const raised = values.with(which % values.length, (values[which % values.length] as number) + by);
        const floor = Number.NEGATIVE_INFINITY;
        expect(signedRankLowerBound(raised, alpha) ?? floor).toBeGreaterThanOrEqual(
          signedRankLowerBound(values, alpha) ?? floor,
        );
      }),
    );
  });
});

describe('hodgesLehmann', () => {
  test.each(vectors.hodges_lehmann as [number[], number][])('of %j agrees with numpy', (values, middle) => {
    expect(hodgesLehmann(values)).toBeCloseTo(middle, 12);
  });

  test('turns with the differences', () => {
    fc.assert(
      fc.property(differences, (values) => {
        expect(hodgesLehmann(values.map((value) => -value)) + hodgesLehmann(values)).toBe(0);
      }),
    );
  });

  test('of no differences is refused', () => {
    expect(() => hodgesLehmann([])).toThrow(StatisticsInputError);
  });
});
