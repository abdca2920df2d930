/** How often the judge lets itself be wrong, where it looks at a measurement more than once or pairs replicates. */

/** A gate that is kept says `fail` with at most this probability, all looks together. */
export const FALSE_FAIL = 0.01;
/** A gate that is broken says `pass` with at most this probability, all looks together: the side of a 95 % interval. */
export const FALSE_PASS = 0.025;

/**
 * The p-value of evidence gathered in two ways: early, from a capital that may be looked at after every pair, and once
 * more at the end of the budget by the sharper method that allows but one look. Each has half of the level, so their
 * union keeps the whole (Bonferroni). `final` is null before the end of the budget.
 */
export function combinedP(capital: number, final: number | null): number {
  return Math.min(1, 2 * Math.min(1 / capital, final ?? 1));
}
