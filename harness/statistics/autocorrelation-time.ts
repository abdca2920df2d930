/** How long a series remembers: over how many samples it must be watched to see something new. */
import { middleOf } from './theil-sen.ts';

/** Fewer values than this say nothing of how long a series remembers at that scale. */
const LEAST_VALUES = 64;

/**
 * An upper bound of the integrated autocorrelation time of `values`, in samples, at least 1: so many samples are worth
 * one independent one. Autocorrelations are of the ranks, so heavy tails and outliers do not hide them. They are summed
 * up to the first pair of lags whose sum is not positive, and in no rising order (Geyer's initial monotone sequence);
 * two standard errors are added (Madras & Sokal), since a short series shows too little of its own. The series is looked
 * at as it is and as medians of 2, 4, 8, … samples while 64 of those are left, and the longest time counts: noise from
 * one sample to the next hides a slow wave under it. Takes time of at most the square of the values.
 * Sources: C. J. Geyer, Statistical Science 7 (1992) 473-483; N. Madras, A. D. Sokal, Journal of Statistical Physics 50
 * (1988) 109-186, appendix C.
 */
export function autocorrelationTimeBound(values: Float64Array): number {
  let longest = 1;
  for (let size = 1; size === 1 || values.length / size >= LEAST_VALUES; size *= 2) {
    const count = Math.floor(values.length / size);
    const medians = size === 1 ? values : blockMedians(values, count, 0);
    const { beyond, lags } = correlated(centredRanks(medians));
    longest = Math.max(longest, (1 + size * beyond) * (1 + 2 * Math.sqrt((2 * (2 * lags + 1)) / count)));
  }
  return longest;
}

/** The medians of `count` slices of equal length (within one) of `values`, each without its first `gap`. */
export function blockMedians(values: Float64Array, count: number, gap: number): Float64Array {
  return Float64Array.from({ length: count }, (_, block) => {
    const slice = values.slice(
      Math.floor((block * values.length) / count) + gap,
      Math.floor(((block + 1) * values.length) / count),
    );
    return middleOf(slice.sort());
  });
}

/** Ranks about their mean; equal values share the mean of theirs. */
function centredRanks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let at = from; at < to; at++) ranks[order[at] as number] = (from + to - order.length) / 2;
    from = to;
  }
  return ranks;
}

/** Twice the sum of the autocorrelations beyond lag 0, at least 0, and how many lags it was summed over; see Geyer. */
function correlated(centred: Float64Array): { beyond: number; lags: number } {
  const sumAt = (lag: number) => {
    let sum = 0;
    for (let at = lag; at < centred.length; at++) sum += (centred[at] as number) * (centred[at - lag] as number);
    return sum;
  };
  const variance = sumAt(0);
  let time = -1;
  let lags = 0;
  let least = Number.POSITIVE_INFINITY;
  for (; lags < centred.length; lags += 2) {
    // A constant series has no variance, and its NaN ends the sum too: it has nothing to remember.
    const pair = (sumAt(lags) + sumAt(lags + 1)) / variance;
    if (!(pair > 0)) break;
    least = Math.min(least, pair);
    time += 2 * least;
  }
  return { beyond: Math.max(0, time - 1), lags: Math.max(0, lags - 1) };
}
