/**
 * A run's own A/A noise floor: by how much a release seems to change against itself, in this run, by this statistic.
 *
 * No replicate is made for it. Replicates 2k and 2k + 1 of one arm are the same release twice, so they are compared as a
 * pair of both arms is; the n pairs of a check hold n such differences (n − 1 where n is odd). What they show is nothing
 * but noise: their middle is 0. The floor is half the width of the 95 % interval of that middle, by the same exact
 * signed-rank test that judges the pairs: so far from 0 the middle of as many differences lies by chance alone.
 *
 * Pairs that agree with each other while the replicates of one release do not, agree by luck. So where the floor is over
 * the tolerance a pass is not believed: two runs of one release would not have been within the tolerance either. It is
 * believed all the same when the candidate is better by more than the floor, because no noise of that size has a
 * regression behind it. Nothing else is touched: noise can take away a pass, never a fail.
 * Source of the idea: a negative control, M. Lipsitch, E. Tchetgen Tchetgen, T. Cohen, Epidemiology 21 (2010) 383-388.
 */
import { ARMS, type Arm } from '../schema/entry.ts';
import type { Guardrail } from '../schema/promise.ts';
import type { Verdict } from '../schema/verdict.ts';
import { hodgesLehmann, signedRankLowerBound } from '../statistics/signed-rank.ts';
import { logTolerance, logWorsening } from './guardrail.ts';
import { FALSE_PASS } from './levels.ts';

/** The statistic of each arm, by replicate; null without a sample. */
export type ArmStatistics = readonly Readonly<Record<Arm, number | null>>[];

/**
 * ln of the later by the earlier of two neighbouring replicates of one arm, for both arms. Which of the two stands above
 * changes from one to the next, so that a machine that warms up shows as spread and not as a change.
 */
export function selfDifferences(promise: Guardrail, statistics: ArmStatistics): number[] {
  const differences: number[] = [];
  for (let first = 0; first + 1 < statistics.length; first += 2) {
    for (const [index, arm] of ARMS.entries()) {
      const [earlier, later] = [first, first + 1].map((at) => (statistics[at] as ArmStatistics[number])[arm]);
      const difference = logWorsening(promise, { baseline: earlier ?? null, candidate: later ?? null });
      if (difference !== null) differences.push((first / 2 + index) % 2 === 0 ? difference : -difference);
    }
  }
  return differences;
}

/** The floor on the scale of `logWorsening`, at least 0; null when so few replicates bound nothing (under 6 differences). */
export function logNoiseFloor(promise: Guardrail, statistics: ArmStatistics): number | null {
  const differences = selfDifferences(promise, statistics);
  const low = signedRankLowerBound(differences, FALSE_PASS);
  const high = signedRankLowerBound(
    differences.map((difference) => -difference),
    FALSE_PASS,
  );
  return low === null || high === null ? null : Math.max(0, (-high - low) / 2);
}

/** The floor as a relative change of the baseline to the worse side, as `minimumDetectable` is told: 0.05, or −0.05. */
export function noiseFloor(promise: Guardrail, floor: number | null): number | null {
  if (floor === null) return null;
  return promise.worse === 'higher' ? Math.expm1(floor) : Math.expm1(-floor);
}

/** `verdict`, unless it is a pass that this floor does not bear: then `inconclusive`. An unknown floor bears none. */
export function heldToNoise(
  promise: Guardrail,
  verdict: Verdict,
  worsening: readonly number[],
  floor: number | null,
): Verdict {
  if (verdict !== 'pass') return verdict;
  if (floor === null) return 'inconclusive';
  const hidden = floor > logTolerance(promise) && hodgesLehmann(worsening) >= -floor;
  return hidden ? 'inconclusive' : 'pass';
}
