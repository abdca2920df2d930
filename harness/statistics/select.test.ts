import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectRank } from './select.ts';

test('the selected value is the one that sorting puts there, whatever was selected before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 }),
      fc.nat(),
      fc.nat(),
      (values, a, b) => {
        const sorted = Float64Array.from(values).sort();
        const given = Float64Array.from(values);
        for (const rank of [1 + (a % values.length), 1 + (b % values.length), 1, values.length]) {
          expect(selectRank(given, rank)).toBe(sorted[rank - 1]);
        }
      },
    ),
  );
});

test('values that all are alike, sorted or turned round, take no longer', () => {
  const count = 300_000;
  for (const values of [
    new Float64Array(count).fill(1),
    Float64Array.from({ length: count }, (_, index) => index),
    Float64Array.from({ length: count }, (_, index) => -index),
  ]) {
    const before = process.cpuUsage();
    selectRank(values, Math.ceil(0.95 * count));
    const { user, system } = process.cpuUsage(before);
    // Quadratic would be minutes.
    expect((user + system) / 1e6).toBeLessThan(1);
  }
});
