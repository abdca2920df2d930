import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from './slope-vectors.json' with { type: 'json' };
import { kendallDistribution, middleOf, type Point, theilSen, theilSenSlope } from './theil-sen.ts';

/** Whole numbers and powers of two, so that shifting and scaling them is exact. */
const series = fc.uniqueArray(
  fc.record({ x: fc.integer({ min: -64, max: 64 }), y: fc.integer({ min: -64, max: 64 }) }),
  {
    minLength: 2,
    maxLength: 14,
    selector: ({ x }) => x,
  },
);

interface Vector {
  x: number[];
  y: number[];
  confidence: number;
  slope: number;
  exact: (number | null)[];
  theilslopes: number[];
}
const rows = (vectors.theil_sen as Vector[]).map((vector) => [vector.x.length, vector.confidence, vector] as const);
const pointsOf = ({ x, y }: Vector): Point[] => x.map((value, at) => ({ x: value, y: y[at] as number }));

describe('kendallDistribution', () => {
  test('counts the inversions of all orders', () => {
    expect(Array.from(kendallDistribution(1))).toEqual([1]);
    expect(Array.from(kendallDistribution(3), (p) => Math.round(6 * p))).toEqual([1, 3, 5, 6]);
    expect(Array.from(kendallDistribution(4), (p) => Math.round(24 * p))).toEqual([1, 4, 9, 15, 20, 23, 24]);
  });
});

describe('theilSen', () => {
  test.each(rows)('of %d points at %d agrees with scipy, its test turned round', (_, confidence, vector) => {
    const { slope, low, high } = theilSen(pointsOf(vector), confidence);
    expect(slope).toBeCloseTo(vector.slope, 9);
    for (const [at, bound] of [low, high].entries()) {
      const expected = vector.exact[at] as number | null;
      if (expected === null) expect(bound).toBeNull();
      else expect(bound).toBeCloseTo(expected, 9);
    }
  });

  test.each(rows.filter(([points, confidence]) => points >= 5 && confidence === 0.95))(
    'of %d points at %d has the interval of scipy.stats.theilslopes, which takes the normal law',
    (_, confidence, vector) => {
      const { low, high } = theilSen(pointsOf(vector), confidence);
      expect(low).toBeCloseTo(vector.theilslopes[0] as number, 9);
      expect(high).toBeCloseTo(vector.theilslopes[1] as number, 9);
    },
  );

  test('bounds nothing with one point too few', () => {
    const line = (count: number) => Array.from({ length: count }, (_, x) => ({ x, y: x * x }));
    expect(theilSen(line(4), 0.95)).toEqual({ slope: 3, low: null, high: null });
    expect(theilSen(line(5), 0.95)).toEqual({ slope: 4, low: 1, high: 7 });
  });

  test('is free of order, moves and grows with the points, and turns with them', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: -9, max: 9 }), fc.integer({ min: -3, max: 3 }), (points, tilt, power) => {
        const estimate = theilSen(points, 0.9);
        expect(theilSen(points.toReversed(), 0.9)).toEqual(estimate);
        expect(
          theilSen(
            points.map(({ x, y }) => ({ x: x + tilt, y: y - tilt })),
            0.9,
          ),
        ).toEqual(estimate);
        const by = 2 ** power;
        const times = (bound: number | null) => (bound === null ? null : bound * by + 0);
        expect(
          theilSen(
            points.map(({ x, y }) => ({ x, y: by * y })),
            0.9,
          ),
        ).toEqual({
          slope: times(estimate.slope),
          low: times(estimate.low),
          high: times(estimate.high),
        });
        const tilted = theilSen(
          points.map(({ x, y }) => ({ x, y: y + tilt * x })),
          0.9,
        );
        expect(tilted.slope).toBeCloseTo(estimate.slope + tilt, 9);
        const turned = theilSen(
          points.map(({ x, y }) => ({ x, y: -y })),
          0.9,
        );
        expect(turned.slope + estimate.slope).toBeCloseTo(0, 9);
        expect(turned.low === null || estimate.high === null ? 0 : turned.low + estimate.high).toBeCloseTo(0, 9);
      }),
    );
  });

  test('widens with the confidence, around the slope', () => {
    fc.assert(
      fc.property(series, (points) => {
        const wide = theilSen(points, 0.99);
        const { slope, low, high } = theilSen(points, 0.8);
        expect(theilSenSlope(points)).toBe(slope);
        if (low === null || high === null) {
          expect(wide).toMatchObject({ low: null, high: null });
          return;
        }
        expect(low).toBeLessThanOrEqual(slope);
        expect(high).toBeGreaterThanOrEqual(slope);
        expect(wide.low ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(low);
        expect(wide.high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(high);
      }),
    );
  });
});

test('the middle of numbers is one of them, or between two', () => {
  expect(middleOf(Float64Array.of(1, 2, 9))).toBe(2);
  expect(middleOf(Float64Array.of(1, 2, 4, 9))).toBe(3);
});
