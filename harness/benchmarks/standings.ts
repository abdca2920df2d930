/** What the rounds of a benchmark come to: medians with their intervals, and ratios within rounds. */
import { quantileEstimate, sortedSamples } from '../statistics/quantile.ts';
import type { Contender } from './benchmark.ts';
import type { Turn } from './compete.ts';

/** Of the median of some rounds; the interval is exact at 95 % for independent rounds, null where they are too few. */
export interface Median {
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Standing {
  readonly measure: string;
  /** By round; null where it was not measured. */
  readonly samples: readonly (number | null)[];
  /** Null when no round measured it. */
  readonly figure: Median | null;
  /**
   * Of this contender's figure to that of its scenario's first one in the same round, so that what a round has in common
   * cancels out. Null for the first itself, and when no round measured both above 0.
   */
  readonly ratio: Median | null;
}

export interface ContenderStandings {
  readonly scenario: string;
  readonly name: string;
  readonly version: string;
  readonly standings: readonly Standing[];
}

/** In the order of `contenders` and `measures`. */
export function standingsOf(
  contenders: readonly Contender[],
  turns: readonly Turn[],
  measures: readonly string[],
  rounds: number,
): ContenderStandings[] {
  const samplesOf = ({ scenario, name }: Contender, measure: string) => {
    const own = turns.filter((turn) => turn.scenario === scenario && turn.name === name);
    return Array.from(
      { length: rounds },
      (_, round) => own.find((turn) => turn.round === round)?.figures[measure] ?? null,
    );
  };
  return contenders.map((contender) => {
    const { scenario, name, version } = contender;
    const first = contenders.find((one) => one.scenario === scenario) as Contender;
    const standings = measures.map((measure) => {
      const samples = samplesOf(contender, measure);
      const beside = contender === first ? [] : samplesOf(first, measure);
      const ratios = samples.flatMap((value, round) => {
        const other = beside[round] ?? 0;
        return value !== null && value > 0 && other > 0 ? [value / other] : [];
      });
      const taken = samples.filter((value) => value !== null);
      return { measure, samples, figure: medianOf(taken), ratio: medianOf(ratios) };
    });
    return { scenario, name, version, standings };
  });
}

function medianOf(values: readonly number[]): Median | null {
  if (values.length === 0) return null;
  const { value, low, high } = quantileEstimate(sortedSamples([values]), 50);
  return { median: value, low, high };
}
