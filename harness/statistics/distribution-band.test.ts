import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from './band-vectors.json' with { type: 'json' };
import { bandRadius, bandRanks } from './distribution-band.ts';
import { StatisticsInputError } from './input-error.ts';

const counts = fc.integer({ min: 1, max: 5_000 });
const percents = fc.integer({ min: 1, max: 99 });
const alphas = fc.constantFrom(0.05, 0.025, 0.005);

describe('bandRadius', () => {
  test.each(vectors.radius as [number, number, number, number][])(
    'of %d samples from %d on at %d agrees with the theorem in 40 digits',
    (samples, first, alpha, radius) => {
      expect(bandRadius(samples, first, alpha) / radius).toBeCloseTo(1, 12);
    },
  );

  test('is the width that the paper tells: 0.09 after 1,000 samples at 0.5 %', () => {
    expect(bandRadius(1_000, 1_000, 0.005)).toBeCloseTo(0.09, 2);
  });

  test('shrinks with the samples, and grows with an earlier first look and with more confidence', () => {
    fc.assert(
      fc.property(counts, counts, alphas, (a, b, alpha) => {
        const [first, samples] = [Math.min(a, b), Math.max(a, b)];
        const radius = bandRadius(samples, first, alpha);
        expect(bandRadius(samples + 1, first, alpha)).toBeLessThan(radius);
        expect(bandRadius(samples + 1, first + 1, alpha)).toBeLessThanOrEqual(radius);
        expect(bandRadius(samples, first, alpha / 2)).toBeGreaterThan(radius);
      }),
    );
  });

  test.each([
    [0, 0, 0.05],
    [5, 6, 0.05],
    [5, 5, 0],
    [5, 5, 1],
    [5, Number.NaN, 0.05],
  ])('refuses %d samples from %d on at %d', (samples, first, alpha) => {
    expect(() => bandRadius(samples, first, alpha)).toThrow(StatisticsInputError);
  });

  test('keeps a simulated law inside at every look, in far more than 95 % of all courses', () => {
    // A linear congruential generator with 2^31 − 1 (S. K. Park, K. W. Miller, 1988): this folder imports nobody.
    let state = 8;
    const random = () => {
      state = (48_271 * state) % 0x7fffffff;
      return state / 0x7fffffff;
    };
    const [courses, first, last] = [300, 20, 400];
    let left = 0;
    for (let course = 0; course < courses; course++) {
      const sorted: number[] = [];
      let out = false;
      for (let samples = 1; samples <= last; samples++) {
        const value = random();
        sorted.splice(sorted.findIndex((other) => other > value) >>> 0, 0, value);
        if (samples < first || samples % 10 !== 0) continue;
        const radius = bandRadius(samples, first, 0.05);
        // The law is uniform: its distribution function at a value is the value.
        out ||= sorted.some((at, index) => Math.max((index + 1) / samples - at, at - index / samples) > radius);
      }
      left += Number(out);
    }
    expect(left / courses).toBeLessThanOrEqual(0.05);
  });
});

describe('bandRanks', () => {
  test.each(vectors.ranks as [number, number, number, number | null, number | null][])(
    'of %d samples, p%d, off by %d agree with going through all laws within the band',
    (samples, percent, radius, low, high) => {
      expect(bandRanks(samples, percent, radius)).toMatchObject({ low, high });
    },
  );

  test.each(vectors.ville_quantile_cs as [number, number, number, number | null, number | null][])(
    'of %d samples, p%d at %d hold the sequence of ville for that quantile alone, which is narrower',
    (samples, percent, alpha, low, high) => {
      // Looked at from the first sample on, as that sequence is.
      const ranks = bandRanks(samples, percent, bandRadius(samples, 1, alpha));
      if (ranks.low !== null) expect(ranks.low).toBeLessThanOrEqual(low as number);
      if (ranks.high !== null) expect(ranks.high).toBeGreaterThanOrEqual(high as number);
      expect((ranks.high ?? samples + 1) - (ranks.low ?? 0)).toBeGreaterThan((high ?? samples + 1) - (low ?? 0));
    },
  );

  test('hold the point, grow with the percent, widen with the radius, and mirror each other', () => {
    fc.assert(
      fc.property(counts, percents, fc.double({ min: 0.001, max: 1, noNaN: true }), (samples, percent, radius) => {
        const { low, point, high } = bandRanks(samples, percent, radius);
        expect(low ?? 0).toBeLessThanOrEqual(point);
        expect(high ?? samples + 1).toBeGreaterThanOrEqual(point);
        const next = bandRanks(samples, Math.min(99, percent + 1), radius);
        expect(next.low ?? 0).toBeGreaterThanOrEqual(low ?? 0);
        expect(next.high ?? samples + 1).toBeGreaterThanOrEqual(high ?? samples + 1);
        const wider = bandRanks(samples, percent, 1.5 * radius);
        expect(wider.low ?? 0).toBeLessThanOrEqual(low ?? 0);
        expect(wider.high ?? samples + 1).toBeGreaterThanOrEqual(high ?? samples + 1);
        // Looked at from above, the lowest place of p% is the highest of the rest, but for the step between two samples.
        const turned = bandRanks(samples, 100 - percent, radius).high;
        expect(Math.abs((low ?? 0) + (turned ?? samples + 1) - (samples + 1))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
