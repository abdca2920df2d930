/**
 * A band about the whole distribution of samples, valid for all quantiles and at every look at once.
 *
 * With probability 1 − α, |F̂ − F| <= r(t) everywhere, for all t >= m at once. It is wide: at α = 0.5 %, ±0.09 after 1,000
 * samples. So it is drawn and never decides: limits are decided by bets, guardrails on pairs.
 * Source: S. R. Howard, A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification", Bernoulli 28 (2022) 1704-1728, arXiv 1906.09712, Theorem 2 with A = 0.85.
 */
import { StatisticsInputError } from './input-error.ts';
import { pointRank, type QuantileRanks } from './quantile.ts';

const A = 0.85;
const C = (alpha: number) => 0.8 * Math.log(1_612 / alpha);

/**
 * r(t) after `samples` independent samples of which the first look saw `first`; may be above 1, and then says nothing.
 * @throws StatisticsInputError unless 1 <= first <= samples and 0 < alpha < 1
 */
export function bandRadius(samples: number, first: number, alpha: number): number {
  if (!(first >= 1 && samples >= first && alpha > 0 && alpha < 1)) {
    throw new StatisticsInputError(
      `expected 1 <= first <= samples and 0 < alpha < 1, not ${first}, ${samples} and ${alpha}`,
    );
  }
  return A * Math.sqrt((Math.log1p(Math.log(samples / first)) + C(alpha)) / samples);
}

/**
 * Which order statistics of `samples` samples estimate and bound the quantile at `percent`, a whole number from 1 to 99,
 * where F̂ may be wrong by `radius`: the smallest samples at which F̂ reaches the quantile, and where it does so at the
 * least and at the most. Null where no sample bounds it. The point is that of `quantileRanks`.
 */
export function bandRanks(samples: number, percent: number, radius: number): QuantileRanks {
  const middle = (samples * percent) / 100;
  const low = Math.ceil(middle - samples * radius);
  const high = Math.ceil(middle + samples * radius);
  return { low: low < 1 ? null : low, point: pointRank(samples, percent), high: high > samples ? null : high };
}
