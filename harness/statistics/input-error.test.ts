/** Who asks for a statistic of something that has none is told what was expected and what came. */
import { expect, test } from 'vitest';
import { designEffect } from './effective-size.ts';
import { incompleteBeta, inverseIncompleteBeta } from './incomplete-beta.ts';
import { StatisticsInputError } from './input-error.ts';
import { clopperPearson } from './proportion.ts';
import { quantileRanks } from './quantile.ts';
import { shareEvidence } from './share-sequence.ts';
import { hodgesLehmann } from './signed-rank.ts';
import { seriesSlope } from './slope.ts';
import { studentQuantile } from './student.ts';
import { theilSen, theilSenSlope } from './theil-sen.ts';

const POINT = { x: 1, y: 1 };

test.each<[() => unknown, string]>([
  [() => designEffect([{ size: 3, hits: 4 }]), 'expected 0 <= hits <= size, not 4 of 3'],
  [() => designEffect([{ size: 3, hits: -1 }]), 'expected 0 <= hits <= size, not -1 of 3'],
  [() => incompleteBeta(0.5, 0, 1), 'I_x(a, b) needs a > 0, b > 0 and x in [0, 1], not x 0.5, a 0, b 1'],
  [() => incompleteBeta(0.5, 1, 0), 'I_x(a, b) needs a > 0, b > 0 and x in [0, 1], not x 0.5, a 1, b 0'],
  [() => incompleteBeta(1.1, 1, 1), 'I_x(a, b) needs a > 0, b > 0 and x in [0, 1], not x 1.1, a 1, b 1'],
  [() => incompleteBeta(-0.1, 1, 1), 'I_x(a, b) needs a > 0, b > 0 and x in [0, 1], not x -0.1, a 1, b 1'],
  [() => inverseIncompleteBeta(1.1, 1, 1), 'a probability is in [0, 1], not 1.1'],
  [() => inverseIncompleteBeta(-0.1, 1, 1), 'a probability is in [0, 1], not -0.1'],
  [
    () => clopperPearson(4, 3),
    'expected 0 <= successes <= trials, trials >= 1 and a confidence inside (0, 1), not 4 of 3 at 0.95',
  ],
  [
    () => clopperPearson(1, 3, 0),
    'expected 0 <= successes <= trials, trials >= 1 and a confidence inside (0, 1), not 1 of 3 at 0',
  ],
  [
    () => clopperPearson(1, 2.5),
    'expected 0 <= successes <= trials, trials >= 1 and a confidence inside (0, 1), not 1 of 2.5 at 0.95',
  ],
  [() => quantileRanks(0, 50), 'expected at least 1 sample and a whole percent from 1 to 99, not 0 and 50'],
  [() => quantileRanks(5, 100), 'expected at least 1 sample and a whole percent from 1 to 99, not 5 and 100'],
  [() => shareEvidence([0.5, 1.1], 0.5), 'expected shares and a mean in [0, 1], not 1.1'],
  [() => shareEvidence([0.5, -0.1], 0.5), 'expected shares and a mean in [0, 1], not -0.1'],
  [() => shareEvidence([], 1.5), 'expected shares and a mean in [0, 1], not 1.5'],
  [() => hodgesLehmann([]), 'expected at least 1 difference, not 0'],
  [() => studentQuantile(0.4, 3), 'expected a probability in [0.5, 1) and a freedom above 0, not 0.4 and 3'],
  [() => studentQuantile(1, 3), 'expected a probability in [0.5, 1) and a freedom above 0, not 1 and 3'],
  [() => studentQuantile(0.9, 0), 'expected a probability in [0.5, 1) and a freedom above 0, not 0.9 and 0'],
  [() => theilSenSlope([{ x: 0, y: 0 }]), 'expected at least 2 points, not 1'],
  [() => theilSen([POINT, POINT], 0.95), 'expected each x once, not 1 twice'],
  [() => theilSen([POINT, { x: 2, y: 2 }], 1), 'expected a confidence inside (0, 1), not 1'],
  [() => theilSen([POINT, { x: 2, y: 2 }], 0), 'expected a confidence inside (0, 1), not 0'],
  [() => seriesSlope([POINT]), 'expected at least 2 points, not 1'],
  [() => seriesSlope([POINT, { x: 0, y: 0 }, { x: 1, y: 3 }]), 'expected each x once, not 1 twice'],
  [() => seriesSlope([POINT, { x: 2, y: Number.NaN }]), 'expected finite x and y, not 2 and NaN'],
  [() => seriesSlope([{ x: Number.POSITIVE_INFINITY, y: 0 }, POINT]), 'expected finite x and y, not Infinity and 0'],
  [() => seriesSlope([POINT, { x: 2, y: 2 }], 1), 'expected a confidence inside (0, 1), not 1'],
  [() => seriesSlope([POINT, { x: 2, y: 2 }], 0), 'expected a confidence inside (0, 1), not 0'],
])('%# is refused', (ask, message) => {
  expect(ask).toThrow(StatisticsInputError);
  expect(ask).toThrow(message);
});

test('what is just inside is not', () => {
  expect(
    designEffect([
      { size: 3, hits: 3 },
      { size: 3, hits: 0 },
    ]),
  ).toBe(1);
  expect(incompleteBeta(1, 1e-9, 1e-9)).toBe(1);
  expect(incompleteBeta(0, 1, 1)).toBe(0);
  expect(inverseIncompleteBeta(0, 2, 3)).toBe(0);
  expect(inverseIncompleteBeta(1, 2, 3)).toBe(1);
  expect(quantileRanks(1, 1)).toEqual({ low: null, point: 1, high: 1 });
  expect(quantileRanks(1, 99)).toEqual({ low: 1, point: 1, high: null });
  expect(shareEvidence([0, 1], 0)).toBe(Number.POSITIVE_INFINITY);
  expect(shareEvidence([0, 0], 0)).toBe(1);
  expect(shareEvidence([1, 1], 1)).toBe(1);
  expect(studentQuantile(0.5, 1)).toBe(0);
});

test('it can be told by its code and its name', () => {
  const error = new StatisticsInputError('no');
  expect({ ...error, code: error.code, name: error.name, isRange: error instanceof RangeError }).toMatchObject({
    code: 'ERR_STATISTICS_INPUT',
    name: 'StatisticsInputError',
    isRange: true,
  });
});
