/** How much of the evidence that a verdict takes is there: what a look tells of a promise before anything is certain. */

/** Each from 0 (nothing speaks for it) to 1 (certain). */
export interface Progress {
  fail: number;
  pass: number;
}

export const NO_PROGRESS: Progress = { fail: 0, pass: 0 };

/**
 * On the scale of logarithms, because capital grows by factors: a pair that doubles it always adds as much. In steps of
 * 0.001, downwards, so that only what is certain is 1.
 */
export function progressOf(capital: number, enough: number): number {
  if (capital >= enough) return 1;
  return Math.floor(1_000 * Math.max(0, Math.log(capital) / Math.log(enough))) / 1_000;
}
