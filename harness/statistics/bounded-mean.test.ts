import { expect, test } from 'vitest';
import { seededRandom } from '../random/random.ts';
import { boundedMean } from './bounded-mean.ts';

const RUNS = 400;

/** In how many of the runs the interval of `size` samples misses `mean`. */
function misses(draw: (random: () => number) => number, mean: number, size: number): number {
  const random = seededRandom(11);
  let missed = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const { low, high } = boundedMean(
      Array.from({ length: size }, () => draw(random)),
      10,
      0.95,
    );
    if (low > mean || high < mean) missed += 1;
  }
  return missed;
}

test.for<[string, (random: () => number) => number, number]>([
  ['uniform', (random) => 10 * random(), 5],
  ['all or nothing', (random) => (random() < 0.3 ? 10 : 0), 3],
  ['mostly small, rarely at the ceiling', (random) => (random() < 0.02 ? 10 : 0.1), 0.298],
])('of samples that are %s the interval misses the mean in at most 5 % of runs', ([, draw, mean]) => {
  for (const size of [5, 60]) expect(misses(draw, mean, size)).toBeLessThanOrEqual(RUNS * 0.05);
});

test('more samples give a nearer interval', () => {
  const widthOf = (size: number) => {
    const random = seededRandom(3);
    const { low, high } = boundedMean(
      Array.from({ length: size }, () => 2 * random()),
      10,
      0.95,
    );
    return high - low;
  };
  expect(widthOf(400)).toBeLessThan(widthOf(40) / 2);
});

test('the order of the samples does not matter: sorted, they give the same interval', () => {
  const random = seededRandom(5);
  const samples = Array.from({ length: 100 }, () => 10 * random());
  const drawn = boundedMean(samples, 10, 0.95);
  for (const sorted of [samples.toSorted((a, b) => a - b), samples.toSorted((a, b) => b - a)]) {
    const interval = boundedMean(sorted, 10, 0.95);
    expect(interval.low).toBeCloseTo(drawn.low, 6);
    expect(interval.high).toBeCloseTo(drawn.high, 6);
    expect(interval.low).toBeLessThan(interval.value);
  }
});

test('samples that are all at an end leave that end in the interval, and not the other', () => {
  const bottom = boundedMean(new Array(50).fill(0), 10, 0.95);
  expect(bottom).toMatchObject({ value: 0, low: 0 });
  expect(bottom.high).toBeLessThan(1);
  const top = boundedMean(new Array(50).fill(10), 10, 0.95);
  expect(top).toMatchObject({ value: 10, high: 10 });
  expect(top.low).toBeGreaterThan(9);
});

test('one sample tells little', () => {
  expect(boundedMean([5], 10, 0.95)).toEqual({ value: 5, low: expect.closeTo(0, 0), high: expect.closeTo(10, 0) });
});

test.for([-0.1, 10.1])('a sample of %d is outside of [0, 10] and is refused', (sample) => {
  expect(() => boundedMean([1, sample], 10, 0.95)).toThrow('expected shares');
});
