import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from './paired-vectors.json' with { type: 'json' };
import { symmetryEvidence, symmetryLowerBound } from './symmetry-sequence.ts';

const differences = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 1, maxLength: 24 });
const middles = fc.integer({ min: -64, max: 64 });

describe('symmetryEvidence', () => {
  test.each(vectors.symmetry_evidence as [number[], number, number][])(
    'of %j above %d agrees with a plain reckoning in Python',
    (values, middle, capital) => {
      expect(symmetryEvidence(values, middle) / capital).toBeCloseTo(1, 9);
    },
  );

  test('of none is 1', () => {
    expect(symmetryEvidence([], 0)).toBe(1);
  });

  test('refutes at 0.005 with 8 differences on one side, not with 7', () => {
    expect(symmetryEvidence(Array(8).fill(1), 0)).toBeGreaterThanOrEqual(200);
    expect(symmetryEvidence(Array(7).fill(1), 0)).toBeLessThan(200);
  });

  test('gains nothing on average when each difference may as well be turned: all signs gone through', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const all = 2 ** sizes.length;
        let reached = 0;
        for (let signs = 0; signs < all; signs++) {
          const turned = sizes.map((size, index) => ((signs >> index) & 1 ? size : -size));
          reached += Number(symmetryEvidence(turned, 0) >= 4);
        }
        // Ville: the capital ever reaches 4 with probability at most 1/4.
        expect(reached / all).toBeLessThanOrEqual(1 / 4);
      }),
    );
  });

  test('never falls with more looks, falls with the middle, and is free of scale and place', () => {
    fc.assert(
      fc.property(differences, middles, middles, (values, middle, by) => {
        const capital = symmetryEvidence(values, middle);
        expect(symmetryEvidence([...values, by], middle)).toBeGreaterThanOrEqual(capital);
        expect(symmetryEvidence(values, middle + 1)).toBeLessThanOrEqual(capital);
        expect(
          symmetryEvidence(
            values.map((value) => 2 * value + by),
            2 * middle + by,
          ),
        ).toBeCloseTo(capital, 6);
      }),
    );
  });
});

describe('symmetryLowerBound', () => {
  test('stands where the evidence turns', () => {
    fc.assert(
      fc.property(differences, fc.constantFrom(0.2, 0.05, 0.01), (values, alpha) => {
        const low = symmetryLowerBound(values, alpha);
        if (low === null) {
          expect(symmetryEvidence(values, -1e6)).toBeLessThan(1 / alpha);
          return;
        }
        expect(symmetryEvidence(values, low)).toBeGreaterThanOrEqual(1 / alpha);
        expect(symmetryEvidence(values, low + 1e-6)).toBeLessThan(1 / alpha);
      }),
    );
  });

  test('of none is none', () => {
    expect(symmetryLowerBound([], 0.5)).toBeNull();
  });
});
