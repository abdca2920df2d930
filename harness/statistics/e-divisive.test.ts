import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changePoints, changeProbability, splitStatistics } from './e-divisive.ts';
import vectors from './e-divisive-vectors.json' with { type: 'json' };
import { StatisticsInputError } from './input-error.ts';

/** xorshift32: the statistics know no other source of randomness than what they are given. */
function source(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const rows = vectors.series.map((series) => [series.name, series] as const);

describe('splitStatistics', () => {
  test.each(rows)('of %s agrees with MongoDB’s at each split', (_, { values, statistics }) => {
    for (const [at, value] of splitStatistics(values).entries()) expect(value).toBeCloseTo(statistics[at] as number, 7);
  });

  test('does not hang on where zero is, and grows with the scale', () => {
    const some = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(some, (values) => {
        const plain = splitStatistics(values);
        for (const [at, value] of splitStatistics(values.map((one) => 4 * one + 8)).entries())
          expect(value).toBeCloseTo(4 * (plain[at] as number), 6);
      }),
    );
  });
});

describe('changePoints', () => {
  test.each(rows)('of %s are those that MongoDB’s finds', (_, { values, points }) => {
    expect(changePoints(values, { random: source(1) })).toEqual(points);
  });

  test('of the same values and the same randomness are the same', () => {
    const { values } = vectors.series[2] as { values: number[] };
    expect(changePoints(values, { random: source(9) })).toEqual(changePoints(values, { random: source(9) }));
  });

  test('are found in about one in a hundred series that have none', () => {
    const random = source(3);
    let alarms = 0;
    for (let series = 0; series < 400; series += 1) {
      const values = Array.from({ length: 12 }, random);
      alarms += Number(changePoints(values, { random, permutations: 199 }).length > 0);
    }
    // 4 are expected; 13 or more come about once in 5,000.
    expect(alarms).toBeLessThan(13);
  });

  test('ends as soon as too many orders of a series reach what was seen, and tries all before it believes a change', () => {
    const ordersOf = (values: readonly number[]) => {
      const random = source(5);
      let draws = 0;
      const found = changePoints(values, {
        random: () => {
          draws += 1;
          return random();
        },
      });
      return { found, orders: draws / (values.length - 1) };
    };
    const random = source(8);
    const flat = ordersOf(Array.from({ length: 20 }, random));
    expect(flat.found).toEqual([]);
    expect(flat.orders).toBeLessThan(50);
    const one = ordersOf([1, 2, 3, 2, 1, 3, 2, 51, 52, 53, 52, 51, 53, 52]);
    expect(one.found).toEqual([7]);
    expect(one.orders).toBeGreaterThan(199);
  });

  test('there are none of nothing, and of what never changes', () => {
    const options = { random: source(1) };
    expect([changePoints([], options), changePoints([1], options), changePoints(Array(20).fill(5), options)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (odd) => {
    expect(() => changePoints([1, odd], { random: source(1) })).toThrow(StatisticsInputError);
  });
});

describe('changeProbability', () => {
  test('of series without a change is as small as p in at most a share p of them', () => {
    const random = source(11);
    let [small, tiny] = [0, 0];
    for (let series = 0; series < 400; series += 1) {
      const values = Array.from({ length: 12 }, random);
      const p = changeProbability(values, { random, permutations: 99 });
      small += Number(p <= 0.2);
      tiny += Number(p <= 0.01);
    }
    // 80 and 4 are expected; so far off they are about once in 10,000.
    expect(small).toBeLessThan(111);
    expect(small).toBeGreaterThan(51);
    expect(tiny).toBeLessThan(13);
  });

  test('of a change that no order reaches is as small as the orders can tell, and of no change 1', () => {
    const values = [
      ...Array.from({ length: 10 }, (_, i) => i / 100),
      ...Array.from({ length: 10 }, (_, i) => 9 + i / 100),
    ];
    expect(changeProbability(values, { random: source(2), permutations: 199 })).toBe(1 / 200);
    expect(changeProbability([5, 5, 5, 5], { random: source(2), permutations: 199 })).toBe(1);
  });
});

test('a first change that had its test before is taken without another, the next is not', () => {
  const { values } = vectors.series[2] as { values: number[] };
  const noise = Array.from({ length: 12 }, source(4));
  expect(changePoints(noise, { random: source(6) })).toEqual([]);
  expect(changePoints(noise, { random: source(6), firstIsKnown: true, level: 0.001 })).toHaveLength(1);
  expect(changePoints(values, { random: source(1), firstIsKnown: true })).toEqual(
    changePoints(values, { random: source(1) }),
  );
});
