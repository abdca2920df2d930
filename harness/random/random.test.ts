import { expect, test } from 'vitest';
import { forkRandom, seededRandom } from './random.ts';

test('the same seed draws the same numbers, another seed others', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('numbers are evenly spread over [0, 1)', () => {
  const random = seededRandom(42);
  const tenths = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const tenth = Math.floor(random() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  // Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand seeds.
  const chiSquare = tenths.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquare).toBeLessThan(27.9);
});

test('a fork goes its own way, and the same way each time', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, forkRandom(seededRandom(seed)));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(Array.from({ length: 5 }, seededRandom(7)));
});
