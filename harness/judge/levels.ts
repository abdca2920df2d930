/** How often the judge lets itself be wrong, where it looks at a measurement more than once or pairs replicates. */

/**
 * A gate that is kept says `fail` with at most this probability, all looks together. The judge is held to 1 %; a guardrail
 * uses its level up, so it has a little less, and 10,000 simulated runs stay under 1 % in spite of their own chance.
 */
export const FALSE_FAIL = { guardrail: 0.008, limit: 0.01 } as const;
/** A gate that is broken says `pass` with at most this probability, all looks together: the side of a 95 % interval. */
export const FALSE_PASS = 0.025;

/**
 * Which part of its level a gate spends on the looks; the rest is for the sharper method that looks once, at the end of
 * the budget (Bonferroni: together they keep the level). A guardrail needs the end for small changes, and with this part
 * the looks call 8 pairs out of 8 on one side. A limit is mostly far from what is measured, and with this part the looks
 * call a p95 in 3 replicates once 28 % of the samples are over its limit.
 */
export const EARLY_PART = { guardrail: 0.625, limit: 0.75 } as const;

/** The capital from which on the looks refute at `level`. By Ville's inequality it is ever reached with that probability. */
export function capitalFor(level: number, kind: keyof typeof EARLY_PART): number {
  return 1 / (level * EARLY_PART[kind]);
}

/** The level that the end of the budget has. */
export function finalLevel(level: number, kind: keyof typeof EARLY_PART): number {
  return level * (1 - EARLY_PART[kind]);
}
