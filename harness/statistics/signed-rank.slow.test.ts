/** What takes a second to see of the signed ranks; beside the others because `prove --stryker` runs those for each mutant. */
import { expect, test } from 'vitest';
import { signedRankDistribution } from './signed-rank.ts';

test('halves with each difference more at its least, also for a thousand', () => {
  expect(signedRankDistribution(1_000)[0]).toBe(2 ** -1_000);
  expect(signedRankDistribution(1_000).at(-1)).toBeCloseTo(1, 9);
});
