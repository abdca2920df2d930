import { expect, test } from 'vitest';
import { seededRandom } from '../../harness/random/random.ts';
import { planOutages } from './outage-plan.ts';

test('a seed repeats the outages, another seed makes others', () => {
  expect(planOutages(seededRandom(7))).toEqual(planOutages(seededRandom(7)));
  expect(planOutages(seededRandom(7))).not.toEqual(planOutages(seededRandom(8)));
});

test('they begin one after the other', () => {
  const begins_ms = planOutages(seededRandom(7)).map((outage) => outage.begins_ms);
  expect(begins_ms).toEqual(begins_ms.toSorted((a, b) => a - b));
  expect(new Set(begins_ms).size).toBe(begins_ms.length);
});

test('the lengths of each kind fill 0.5 to 10 s evenly, whatever is drawn', () => {
  for (const seed of [1, 2, 3]) {
    const kinds = Map.groupBy(planOutages(seededRandom(seed)), ({ begin }) => begin);
    expect(kinds.size).toBe(3);
    for (const outages of kinds.values()) {
      const lengths = outages.map(({ length_ms }) => length_ms).sort((a, b) => a - b);
      expect(lengths[0]).toBeGreaterThanOrEqual(500);
      expect(lengths.at(-1)).toBeLessThanOrEqual(10_000);
      const mean_ms = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
      expect(Math.abs(mean_ms - 5_250)).toBeLessThan(140);
    }
  }
});
