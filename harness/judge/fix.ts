/** A fix is shown by both releases: the candidate keeps the limit and the baseline breaks it by the same rule. */
import type { Estimate } from '../schema/run.ts';
import { type Verdict, worst } from '../schema/verdict.ts';
import { judgeLimit, type Limit } from './limit.ts';

export interface FixVerdict {
  verdict: Verdict;
  /** Whether the baseline broke the limit; absent when it cannot be told. */
  discriminates?: boolean;
}

/** `allThere` is about the baseline's samples; the candidate's verdict has been found before. */
export function judgeFix(rule: Limit, candidate: Verdict, baseline: Estimate, allThere = true): FixVerdict {
  const broken = judgeLimit(rule, baseline, allThere) === 'fail';
  if (!broken && (baseline.samples === 0 || !allThere)) {
    return { verdict: worst([candidate, 'no-data']) };
  }
  return { verdict: broken ? candidate : worst([candidate, 'inconclusive']), discriminates: broken };
}
