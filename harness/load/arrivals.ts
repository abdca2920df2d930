/** When requests are due: moments laid down beforehand, which no answer can move. That is what makes a load open-loop. */

export interface Arrivals {
  /** `fixed`: evenly spaced. `poisson`: exponential gaps, as independent users make them. */
  readonly kind: 'fixed' | 'poisson';
  readonly rate_per_s: number;
}

/** One of `of` processes that share a load; `index` counts from 0. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/**
 * The moments of one process's share, in ms from the start, in order, all before `duration_ms`.
 * Poisson processes of a `of`-th of the rate add up to one of the whole rate (Kingman, Poisson Processes, 1993, 2.2);
 * fixed arrivals are dealt out in turn.
 */
export function* arrivalMoments(
  { kind, rate_per_s }: Arrivals,
  duration_ms: number,
  { index, of }: Share,
  random: () => number,
): Generator<number> {
  const gap_ms = 1_000 / rate_per_s;
  if (kind === 'fixed') {
    for (let turn = index; turn * gap_ms < duration_ms; turn += of) yield turn * gap_ms;
    return;
  }
  const drawGap = () => -Math.log(1 - random()) * gap_ms * of;
  for (let at_ms = drawGap(); at_ms < duration_ms; at_ms += drawGap()) yield at_ms;
}
