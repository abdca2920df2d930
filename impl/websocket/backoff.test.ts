import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

/** Numbers in [0, 1) from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('the bound doubles from the base to the cap, and starts over after a reset', () => {
  const backoff = new Backoff(1_000, 15_000, () => 1);
  const bounds = Array.from({ length: 7 }, () => backoff.next_ms());
  expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  backoff.reset();
  expect(backoff.next_ms()).toBe(1_000);
});

test('the bound holds after a thousand failures', () => {
  const backoff = new Backoff(1_000, 15_000, () => 1);
  for (let failure = 0; failure < 2_000; failure += 1) expect(backoff.next_ms()).toBeLessThanOrEqual(15_000);
});

test('waits are uniform between nothing and the bound: full jitter', () => {
  const random = seeded(1001);
  const waits = Array.from({ length: 10_000 }, () => new Backoff(1_000, 15_000, random).next_ms());
  const deciles = Array.from(
    { length: 10 },
    (_, index) => waits.filter((wait) => Math.floor(wait / 100) === index).length,
  );
  // Chi-squared with 9 degrees of freedom is below 27.9 in 999 of 1,000 cases.
  const chiSquared = deciles.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  expect(chiSquared).toBeLessThan(27.9);
});
