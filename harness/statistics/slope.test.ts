import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scattered } from './scattered.fixture.ts';
import { seriesSlope } from './slope.ts';
import { middleOf, type Point, theilSen } from './theil-sen.ts';

const line = (length: number, at: (x: number) => number): Point[] =>
  Array.from({ length }, (_, x) => ({ x, y: at(x) }));
/** Noise from −5 to 5. */
const jitter = (x: number) => 10 * scattered(x) - 5;

const values = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 2, maxLength: 120 });
const seriesOf = (ys: readonly number[]): Point[] => ys.map((y, x) => ({ x, y }));

describe('seriesSlope', () => {
  test('finds the slope under noise, and bounds it', () => {
    const { slope, low, high, blocks } = seriesSlope(line(400, (x) => 100 + 0.25 * x + jitter(x)));
    expect(blocks).toBe(20);
    expect(slope).toBeCloseTo(0.25, 2);
    expect(low).toBeGreaterThan(0.2);
    expect(high).toBeLessThan(0.3);
  });

  test.each([0.1, 3, -7e9])('of a line that fits exactly, %d, is that line, rounding errors and all', (slope) => {
    const estimate = seriesSlope(line(100, (x) => 1.7e12 + slope * x));
    expect(estimate.blocks).toBe(20);
    for (const value of [estimate.slope, estimate.low, estimate.high])
      expect((value as number) / slope).toBeCloseTo(1, 3);
  });

  test('has an interval from 24 times its memory on, and a slope at once', () => {
    const seen = new Set<number>();
    for (let count = 2; count < 120; count++) {
      const { slope, low, high, blocks, autocorrelationTime_samples } = seriesSlope(line(count, jitter));
      const room = Math.floor(count / (3 * autocorrelationTime_samples));
      expect(blocks).toBe(room < 8 ? 0 : Math.min(20, room));
      expect([slope, low, high].map((value) => value !== null)).toEqual([true, blocks > 0, blocks > 0]);
      seen.add(blocks);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(seriesSlope(line(2, (x) => 3 * x))).toMatchObject({ slope: 3, low: null, high: null });
  });

  test('is that of medians parted by gaps, with a fifth of the level kept back', () => {
    const still = line(400, (x) => jitter(Math.floor(x / 4)));
    const { blocks, autocorrelationTime_samples, ...estimate } = seriesSlope(still);
    const gap = Math.round(autocorrelationTime_samples);
    expect(gap).toBeGreaterThanOrEqual(4);
    const middles = Array.from({ length: blocks }, (_, block) => {
      const from = Math.floor((block * 400) / blocks) + gap;
      const part = still.slice(from, Math.floor(((block + 1) * 400) / blocks));
      const middle = (of: keyof Point) => middleOf(Float64Array.from(part, (point) => point[of]).sort());
      return { x: middle('x'), y: middle('y') };
    });
    expect(estimate).toEqual(theilSen(middles, 0.96));
  });

  test('has none when a series remembers for too long, and gets one when it is watched for longer', () => {
    const wave = (x: number) => Math.sin(x / 8) + Math.sin(x / 5.1);
    expect(seriesSlope(line(150, wave))).toMatchObject({ blocks: 0, low: null, high: null });
    const long = seriesSlope(line(3_000, wave));
    expect(long.blocks).toBeGreaterThanOrEqual(8);
    expect(long.low).toBeLessThan(0);
    expect(long.high).toBeGreaterThan(0);
  });

  test('is wider for more confidence', () => {
    const noisy = line(400, jitter);
    const [at95, at99] = [seriesSlope(noisy, 0.95), seriesSlope(noisy, 0.99)];
    expect(at99.low).toBeLessThan(at95.low as number);
    expect(at99.high).toBeGreaterThan(at95.high as number);
    expect(seriesSlope(noisy)).toEqual(at95);
  });

  test('of more samples than are looked at one by one is told in the same units', () => {
    const at = (count: number) => seriesSlope(line(count, (x) => 0.25 * x + jitter(x)));
    const { slope, blocks, autocorrelationTime_samples } = at(20_000);
    expect(blocks).toBe(20);
    expect(slope).toBeCloseTo(0.25, 2);
    expect(autocorrelationTime_samples).toBeGreaterThan(20_000 / 1_024);
    expect(autocorrelationTime_samples).toBeLessThan(200);
  });

  test('is free of order, and moves, grows and turns with the values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -1_000, max: 1_000 }), fc.constantFrom(0.25, 8), (ys, by, times) => {
        const points = seriesOf(ys);
        const estimate = seriesSlope(points);
        const shuffled = points.toSorted((a, b) => scattered(a.x) - scattered(b.x));
        expect(seriesSlope(shuffled)).toEqual(estimate);
        expect(seriesSlope(points.map(({ x, y }) => ({ x: x + by, y: y - by })))).toEqual(estimate);
        const scaled = (bound: number | null, factor: number) => (bound === null ? null : bound * factor + 0);
        const { slope, low, high, ...rest } = estimate;
        expect(seriesSlope(points.map(({ x, y }) => ({ x, y: y * times })))).toEqual({
          slope: scaled(slope, times),
          low: scaled(low, times),
          high: scaled(high, times),
          ...rest,
        });
        const turned = seriesSlope(points.map(({ x, y }) => ({ x: -x, y })));
        expect(turned.slope + seriesSlope(points).slope).toBeCloseTo(0, 0);
      }),
    );
  });

  test('of values that only rise is not under 0, with its interval', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 200 }), (steps) => {
        let y = 0;
        const { slope, low } = seriesSlope(seriesOf(steps.map((step) => (y += step))));
        expect(slope).toBeGreaterThanOrEqual(0);
        if (low !== null) expect(low).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
