import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatisticsInputError } from './input-error.ts';
import vectors from './paired-vectors.json' with { type: 'json' };
import { shareEvidence } from './share-sequence.ts';

const shares = fc.array(
  fc.integer({ min: 0, max: 20 }).map((part) => part / 20),
  { maxLength: 20 },
);

describe('shareEvidence', () => {
  test.each(vectors.share_evidence as [number[], number, number][])(
    'of %j above %d agrees with exact fractions',
    (values, mean, capital) => {
      expect(shareEvidence(values, mean) / capital).toBeCloseTo(1, 9);
    },
  );

  test('of none is 1', () => {
    expect(shareEvidence([], 0.5)).toBe(1);
  });

  test('gains nothing on average at the mean: all outcomes of 8 fair coins gone through', () => {
    let reached = 0;
    for (let outcome = 0; outcome < 256; outcome++) {
      const coins = Array.from({ length: 8 }, (_, index) => (outcome >> index) & 1);
      reached += Number(shareEvidence(coins, 0.5) >= 4);
    }
    expect(reached / 256).toBeLessThanOrEqual(1 / 4);
    expect(reached).toBeGreaterThan(0);
  });

  test('never falls with more looks or larger shares, and falls with the mean', () => {
    fc.assert(
      fc.property(shares, fc.nat(), fc.constantFrom(0.1, 0.3, 0.8), (values, which, mean) => {
        const capital = shareEvidence(values, mean);
        expect(shareEvidence([...values, 0.5], mean)).toBeGreaterThanOrEqual(capital);
        expect(shareEvidence(values, mean + 0.1)).toBeLessThanOrEqual(capital * (1 + 1e-12));
        if (values.length === 0) return;
        expect(shareEvidence(values.with(which % values.length, 1), mean)).toBeGreaterThanOrEqual(capital);
      }),
    );
  });

  test('a mean of 0 is refuted by any share above it, one of 1 by nothing', () => {
    expect(shareEvidence([0, 0], 0)).toBe(1);
    expect(shareEvidence([0, 0.01], 0)).toBe(Number.POSITIVE_INFINITY);
    expect(shareEvidence([1, 1], 1)).toBe(1);
  });

  test.each([
    [[1.1], 0.5],
    [[-0.1], 0.5],
    [[0.5], 1.5],
    [[Number.NaN], 0.5],
  ])('%j against %d is refused', (values, mean) => {
    expect(() => shareEvidence(values, mean)).toThrow(StatisticsInputError);
  });
});
