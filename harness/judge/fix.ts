/** A fix is shown by both releases: the candidate keeps the limit and the baseline breaks it by the same rule. */
import type { Estimate } from '../schema/run.ts';
import { type Verdict, worst } from '../schema/verdict.ts';

export interface FixVerdict {
  verdict: Verdict;
  /** Whether the baseline broke the limit; absent when it cannot be told. */
  discriminates?: boolean;
}

/** `judged` is the baseline's verdict, by whether all its samples are there; the candidate's has been found before. */
export function judgeFix(
  candidate: Verdict,
  baseline: Estimate,
  judged: (allThere: boolean) => Verdict,
  allThere: boolean,
): FixVerdict {
  const broken = judged(allThere) === 'fail';
  if (!broken && (baseline.samples === 0 || !allThere)) {
    return { verdict: worst([candidate, 'no-data']) };
  }
  return { verdict: broken ? candidate : worst([candidate, 'inconclusive']), discriminates: broken };
}
