import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holmLevels } from './holm.ts';
import vectors from './paired-vectors.json' with { type: 'json' };

const ps = fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 1, maxLength: 8 });
const refuted = (values: readonly number[], alpha: number) =>
  holmLevels(values, alpha).map((level, index) => (values[index] as number) <= level);

describe('holmLevels', () => {
  test.each(vectors.holm as [number[], number, boolean[]][])(
    '%j at %d refutes what statsmodels does',
    (values, alpha, expected) => {
      expect(refuted(values, alpha)).toEqual(expected);
    },
  );

  test('holds each between an even share and the whole level, and never refutes fewer than even shares do', () => {
    fc.assert(
      fc.property(ps, (values) => {
        const levels = holmLevels(values, 0.05);
        expect(levels.every((level) => level >= 0.05 / values.length && level <= 0.05)).toBe(true);
        for (const [index, p] of values.entries()) {
          if (p <= 0.05 / values.length) expect(refuted(values, 0.05)[index]).toBe(true);
        }
      }),
    );
  });

  test('is free of order', () => {
    fc.assert(
      fc.property(ps, (values) => {
        expect(refuted(values.toReversed(), 0.05)).toEqual(refuted(values, 0.05).reverse());
      }),
    );
  });

  test('of none are none', () => {
    expect(holmLevels([], 0.05)).toEqual([]);
  });
});

test('a p-value exactly at its level is refuted, and gives the next one a greater level', () => {
  expect(holmLevels([0.005, 0.4], 0.01)).toEqual([0.005, 0.01]);
  expect(holmLevels([0.00501, 0.4], 0.01)).toEqual([0.005, 0.005]);
});
