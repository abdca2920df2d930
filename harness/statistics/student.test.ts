import { expect, test } from 'vitest';
import { StatisticsInputError } from './input-error.ts';
import vectors from './paired-vectors.json' with { type: 'json' };
import { studentQuantile } from './student.ts';

test.each(vectors.student_quantile as [number, number, number][])(
  'the quantile at %d with %d degrees of freedom agrees with scipy.stats.t',
  (probability, freedom, t) => {
    expect(Math.abs(studentQuantile(probability, freedom) - t)).toBeLessThanOrEqual(1e-8 * Math.max(1, t));
  },
);

test.each([
  [0.4, 5],
  [1, 5],
  [0.9, 0],
])('a probability of %d with %d degrees of freedom is refused', (probability, freedom) => {
  expect(() => studentQuantile(probability, freedom)).toThrow(StatisticsInputError);
});
