import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { designEffect, LEAST_CLUSTERS } from './effective-size.ts';
import { StatisticsInputError } from './input-error.ts';

const clusters = fc.array(
  fc.nat(30).chain((size) => fc.nat(size).map((hits) => ({ size, hits }))),
  { maxLength: 30 },
);

describe('designEffect', () => {
  test('is the size of a cluster, by n/(n − 1), when all of one are alike', () => {
    const alike = Array.from({ length: 20 }, (_, index) => ({ size: 7, hits: index % 2 === 0 ? 7 : 0 }));
    expect(designEffect(alike)).toBeCloseTo((7 * 20) / 19, 12);
  });

  test('is 1 when clusters are more alike than independent samples would be', () => {
    expect(designEffect(Array.from({ length: 20 }, () => ({ size: 10, hits: 3 })))).toBe(1);
  });

  test('says nothing with one cluster too few', () => {
    const of = (count: number) => Array.from({ length: count }, (_, index) => ({ size: 9, hits: 9 * (index % 2) }));
    expect(designEffect(of(LEAST_CLUSTERS - 1))).toBe(1);
    expect(designEffect(of(LEAST_CLUSTERS))).toBeGreaterThan(9);
  });

  test('is at least 1, free of order, and the same for hits and misses', () => {
    fc.assert(
      fc.property(clusters, (given) => {
        const effect = designEffect(given);
        expect(effect).toBeGreaterThanOrEqual(1);
        expect(designEffect(given.toReversed())).toBeCloseTo(effect, 9);
        expect(designEffect(given.map(({ size, hits }) => ({ size, hits: size - hits })))).toBeCloseTo(effect, 9);
      }),
    );
  });

  test('more hits than samples are refused', () => {
    expect(() => designEffect([{ size: 1, hits: 2 }])).toThrow(StatisticsInputError);
  });
});
