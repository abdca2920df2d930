import { expect, test } from 'vitest';
import { boundedMean } from './bounded-mean.ts';

/** The probability that the interval of `size` samples, each the ceiling with probability `p` and else `rest`, misses their mean. */
function missing(size: number, p: number, rest: number): number {
  const mean = p * 10 + (1 - p) * rest;
  let missed = 0;
  let probability = (1 - p) ** size;
  for (let hits = 0; hits <= size; hits += 1) {
    const samples = Array.from({ length: size }, (_, index) => (index < hits ? 10 : rest));
    const { low, high } = boundedMean(samples, 10, 0.95);
    if (low > mean || high < mean) missed += probability;
    probability *= ((size - hits) / (hits + 1)) * (p / (1 - p));
  }
  return missed;
}

test.for([
  ['all or nothing', 0.5, 0],
  ['mostly nothing', 0.1, 0],
  ['mostly small, rarely at the ceiling', 0.02, 0.1],
  ['mostly at the ceiling', 0.9, 1],
] as const)('of samples that are %s the interval misses the mean with at most 5 % probability', ([, p, rest]) => {
  for (const size of [5, 20, 60]) expect(missing(size, p, rest)).toBeLessThanOrEqual(0.05);
});

/** Spread evenly over [0, `below`), in no order. */
const spread = (size: number, below: number) =>
  Array.from({ length: size }, (_, index) => (below * ((index * 37) % size)) / size);

test('more samples give a nearer interval', () => {
  const widthOf = (size: number) => {
    const { low, high } = boundedMean(spread(size, 2), 10, 0.95);
    return high - low;
  };
  expect(widthOf(400)).toBeLessThan(widthOf(40) / 2);
});

test('the order of the samples does not matter: sorted, they give the same interval', () => {
  const samples = spread(100, 10);
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
  const { low, high } = boundedMean([5], 10, 0.95);
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(9);
});

test.for([-0.1, 10.1])('a sample of %d is outside of [0, 10] and is refused', (sample) => {
  expect(() => boundedMean([1, sample], 10, 0.95)).toThrow('expected shares');
});
