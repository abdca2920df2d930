import { describe, expect, test } from 'vitest';
import { autocorrelationTimeBound, blockMedians } from './autocorrelation-time.ts';
import { scattered } from './scattered.fixture.ts';

const series = (length: number, at: (index: number) => number) =>
  Float64Array.from({ length }, (_, index) => at(index));

describe('autocorrelationTimeBound', () => {
  test.each([
    // Centred ranks −1, 0, 1: lag 1 adds nothing, and there is no second pair of lags.
    [[1, 2, 3], 1 + 2 * Math.sqrt(6 / 3)],
    // −1.5, 0, 0, 1.5, equal values on one rank: the second pair of lags is under 0.
    [[1, 2, 2, 4], 1 + 2 * Math.sqrt(6 / 4)],
    // Lags 0 to 3: 1, −0.65, 0.3, −0.15; less than one sample is not a time.
    [[1, 4, 2, 3], 1 + 2 * Math.sqrt(14 / 4)],
    // Lags 0 and 1: 1, 0.5; the next two sum to less than 0.
    [[1, 2, 3, 4, 5, 6], 2 * (1 + 2 * Math.sqrt(6 / 6))],
    // Pairs of lags 65/60, 1/60, 8/60, then under 0: the third counts as much as the second, the sum does not rise again.
    [[9, 7, 8, 2, 4, 6, 3, 5, 1], (-1 + (2 * (65 + 1 + 1)) / 60) * (1 + 2 * Math.sqrt(22 / 9))],
    // Nothing varies, nothing is remembered.
    [[7, 7, 7, 7], 1 + 2 * Math.sqrt(2 / 4)],
  ])('of %j is %d, by hand', (values, bound) => {
    expect(autocorrelationTimeBound(Float64Array.from(values))).toBeCloseTo(bound, 12);
  });

  test('grows with the steps that a series stands still for', () => {
    const still = (steps: number) =>
      autocorrelationTimeBound(series(960, (index) => scattered(Math.floor(index / steps))));
    expect(still(1)).toBeLessThan(2);
    expect(still(4)).toBeGreaterThan(4);
    expect(still(4)).toBeLessThan(8);
    expect(still(16)).toBeGreaterThan(16);
    expect(still(16)).toBeLessThan(32);
  });

  test('is of ranks: no curve of the scale and no outlier changes it', () => {
    const wave = series(60, (index) => Math.sin(index / 4));
    const time = autocorrelationTimeBound(wave);
    expect(time).toBeGreaterThan(5);
    expect(autocorrelationTimeBound(wave.map((value) => Math.exp(9 * value)))).toBe(time);
    expect(autocorrelationTimeBound(wave.map((value, index) => (index === 6 ? 1e9 : value)))).toBe(time);
  });

  test('sees a slow wave under noise that hides it from one sample to the next', () => {
    const noisy = (wave: number) => (index: number) => wave * Math.sin(index / 60) + 3 * scattered(index);
    expect(autocorrelationTimeBound(series(960, noisy(0)))).toBeLessThan(2);
    expect(autocorrelationTimeBound(series(960, noisy(0.5)))).toBeGreaterThan(60);
  });
});

describe('blockMedians', () => {
  test('share the values evenly and leave out the first of each', () => {
    const values = Float64Array.of(9, 1, 5, 3, 8, 6, 7);
    expect(Array.from(blockMedians(values, 3, 0))).toEqual([5, 4, 7]);
    expect(Array.from(blockMedians(values, 3, 1))).toEqual([1, 3, 6.5]);
    expect(Array.from(blockMedians(values, 7, 0))).toEqual(Array.from(values));
  });
});
