/**
 * The mean of samples that cannot leave [0, ceiling], with an interval that supposes nothing else of their law: the means
 * that bets have not refuted (`share-sequence.ts`). The interval by Student's t is no such thing: of samples that are
 * mostly small and rarely large it holds far less often than it says.
 * Source: I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024) 1-27.
 */
import { StatisticsInputError } from './input-error.ts';
import { finalShareEvidence, largestRefutedMean } from './share-sequence.ts';

export interface MeanEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * @param samples at least one, independent of each other; they need not be of one law, and their order does not matter
 * @throws StatisticsInputError for no samples, and for one outside [0, ceiling]
 */
export function boundedMean(samples: readonly number[], ceiling: number, confidence: number): MeanEstimate {
  if (samples.length === 0) throw new StatisticsInputError('expected at least one sample');
  const parts = samples.map((sample) => sample / ceiling);
  const capital = 2 / (1 - confidence);
  const low = largestRefutedMean(parts, capital, finalShareEvidence) ?? 0;
  const lackOf = largestRefutedMean(
    parts.map((part) => 1 - part),
    capital,
    finalShareEvidence,
  );
  return {
    value: samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
    low: low * ceiling,
    high: (1 - (lackOf ?? 0)) * ceiling,
  };
}
