/** The sentence of a guardrail: what changed, by how much it might, what is let pass, and what would have been seen. */
import type { Guardrail } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import { SIGNS } from '../schema/units.ts';
import type { Verdict } from '../schema/verdict.ts';
import { quantileOf } from '../statistics/quantile.ts';
import type { ArmStatistics } from './noise-floor.ts';
import { exactly, inPercent, percent, quantity, readable } from './numbers.ts';

/** What a guardrail's pairs came to. */
export interface GuardrailFinding {
  change: Estimate;
  statistics: ArmStatistics;
  /** The release that the baseline is. */
  baseline: string;
  minimumDetectable: number | null;
  noiseFloor: number | null;
  /** The verdict of the pairs alone, and what the noise floor left of it. */
  byPairs: Verdict;
  verdict: Verdict;
}

/** `p95 of latency_ms +23 % [+20, +27] against v1.0.0, limit ≤ +5 %, over 32 pairs; medians 123 ms and v1.0.0: 100 ms; …` */
export function measuredChange(
  promise: Guardrail,
  { change, statistics, baseline, minimumDetectable, noiseFloor, byPairs, verdict }: GuardrailFinding,
): string {
  const { statistic, measure, worse, tolerance, unit, minPairs } = promise;
  const limit = worse === 'higher' ? tolerance : -tolerance;
  const allowed = `${SIGNS[worse === 'higher' ? '<=' : '>=']} ${signed(limit, (value) => `${exactly(inPercent(value))} %`)}`;
  const { value, low, high, samples } = change;
  const parts: string[] = [];
  if (value === null) {
    parts.push(`no pairs of ${measure}, limit ${allowed}`);
  } else {
    const bound = (one: number | null) =>
      one === null ? 'open' : signed(one, (part) => readable(100 * part, 100 * limit));
    const point = signed(value, (part) => percent(part, limit));
    const pairs = `${exactly(samples)} pair${samples === 1 ? '' : 's'}`;
    parts.push(
      `${statistic} of ${measure} ${point} [${bound(low)}, ${bound(high)}] against ${baseline}, limit ${allowed}, over ${pairs}`,
    );
    const [ours, theirs] = (['candidate', 'baseline'] as const).map((arm) => quantity(median(statistics, arm), unit));
    parts.push(`medians ${ours} and ${baseline}: ${theirs}`);
  }
  if (verdict === 'no-data' && samples < minPairs) parts.push(`at least ${exactly(minPairs)} pairs are needed`);
  if (byPairs === 'inconclusive') parts.push('the interval lies on both sides of the limit');
  if (noiseFloor !== null) parts.push(floorText(noiseFloor, limit, byPairs !== verdict));
  else if (byPairs !== verdict) parts.push('too few replicates to tell the noise floor, and a pass needs one');
  parts.push(
    minimumDetectable === null
      ? 'so few pairs call no change a regression'
      : `at this noise ${signed(minimumDetectable, (part) => percent(part))} is called in 95 % of runs`,
  );
  return parts.join('; ');
}

/** `tookAway`: it is what made a pass inconclusive. */
function floorText(noiseFloor: number, limit: number, tookAway: boolean): string {
  const floor = signed(noiseFloor, (part) => percent(part, limit));
  if (!tookAway) return `A/A noise floor ${floor}`;
  return `the pairs would pass, but the A/A noise floor of this run, ${floor}, is past the limit: a release would seem as much worse than itself`;
}

function signed(value: number, write: (value: number) => string): string {
  return value > 0 ? `+${write(value)}` : write(value);
}

function median(statistics: ArmStatistics, arm: 'baseline' | 'candidate'): number {
  return quantileOf([statistics.flatMap((pair) => pair[arm] ?? [])], 50) as number;
}
