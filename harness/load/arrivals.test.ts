import { expect, test } from 'vitest';
import { seededRandom } from '../random/random.ts';
import { type Arrivals, arrivalMoments } from './arrivals.ts';

const whole = { index: 0, of: 1 };

function moments(arrivals: Arrivals, duration_ms: number, share = whole, seed = 1): number[] {
  return [...arrivalMoments(arrivals, duration_ms, share, seededRandom(seed))];
}

test('fixed arrivals are evenly spaced, from the first moment on and before the last', () => {
  expect(moments({ kind: 'fixed', rate_per_s: 100 }, 50)).toEqual([0, 10, 20, 30, 40]);
});

test('processes that share fixed arrivals take turns', () => {
  const arrivals = { kind: 'fixed', rate_per_s: 100 } as const;
  expect(moments(arrivals, 50, { index: 0, of: 2 })).toEqual([0, 20, 40]);
  expect(moments(arrivals, 50, { index: 1, of: 2 })).toEqual([10, 30]);
});

test('Poisson arrivals are the same for a seed and others for another', () => {
  const arrivals = { kind: 'poisson', rate_per_s: 100 } as const;
  expect(moments(arrivals, 1_000, whole, 7)).toEqual(moments(arrivals, 1_000, whole, 7));
  expect(moments(arrivals, 1_000, whole, 7)).not.toEqual(moments(arrivals, 1_000, whole, 8));
});

test.for([1, 3])('gaps of Poisson arrivals, shared by %i, are exponential with the mean of the share', (of) => {
  const rate_per_s = 300;
  const found = moments({ kind: 'poisson', rate_per_s }, 100_000 * of, { index: 0, of }, 42);
  const gaps = found.map((moment, index) => moment - (found[index - 1] ?? 0)).sort((a, b) => a - b);
  const mean_ms = (1_000 / rate_per_s) * of;
  // Kolmogorov-Smirnov: the greatest distance is over 1.95/√n once in a thousand seeds.
  const distance = Math.max(
    ...gaps.map((gap, index) => Math.abs(1 - Math.exp(-gap / mean_ms) - (index + 0.5) / gaps.length)),
  );
  expect(gaps.length).toBeGreaterThan(29_000);
  expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length));
});
