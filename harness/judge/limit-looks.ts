/** A limit looked at early: is it certain to be broken or kept, from what each replicate showed. */
import type { LimitPromise } from '../schema/promise.ts';
import type { Estimate } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { shareEvidence } from '../statistics/share-sequence.ts';
import { badShareOf } from './bad-share.ts';
import { estimateOf, Pool } from './estimate.ts';
import { capitalFor, FALSE_FAIL, FALSE_PASS, finalLevel } from './levels.ts';
import { judgeLimit } from './limit.ts';
import { withEarlyBounds } from './limit-bounds.ts';
import { type Progress, progressOf } from './progress.ts';

/** One replicate of one arm. */
export interface LimitSummary {
  samples: number;
  /** The share of samples that are bad by the promise; for a count or an extreme, the value itself. */
  value: number;
}

export function summariseLimit(promise: LimitPromise, batches: readonly (readonly number[])[]): LimitSummary {
  const samples = batches.reduce((sum, batch) => sum + batch.length, 0);
  const share = badShareOf(promise);
  if (share === undefined) return { samples, value: estimateOf(promise, new Pool([batches])).value ?? Number.NaN };
  let bad = 0;
  for (const batch of batches) for (const value of batch) if (share.isBad(value)) bad++;
  return { samples, value: bad / samples };
}

/**
 * The verdict at a look before the end of the budget, `inconclusive` while nothing is certain. The unit of evidence is
 * the replicate: its samples may depend on each other as they like. A pass needs `minSamples`, a fail never does.
 */
export function earlyLimit(promise: LimitPromise, replicates: readonly LimitSummary[]): Verdict {
  const seen = replicates.filter(({ samples }) => samples > 0);
  const samples = seen.reduce((sum, one) => sum + one.samples, 0);
  const values = seen.map(({ value }) => value);
  const share = badShareOf(promise);
  if (share === undefined) return earlyRealised(promise, values, samples);
  const { against, kept } = capitalsOf(values, share.allowed);
  if (against >= TO_FAIL) return 'fail';
  if (samples < promise.minSamples) return 'no-data';
  return kept >= TO_PASS ? 'pass' : 'inconclusive';
}

const TO_FAIL = capitalFor(FALSE_FAIL.limit, 'limit');
const TO_PASS = capitalFor(FALSE_PASS, 'limit');

/** What the bets have won that more than the allowed share is bad, and that less is. */
function capitalsOf(badShares: readonly number[], allowed: number): { against: number; kept: number } {
  const good = badShares.map((value) => 1 - value);
  return { against: shareEvidence(badShares, allowed), kept: shareEvidence(good, 1 - allowed) };
}

/** How far the same look is from certain. Of a count or an extreme there is no evidence but the breach itself. */
export function limitProgress(promise: LimitPromise, replicates: readonly LimitSummary[]): Progress {
  const share = badShareOf(promise);
  if (share === undefined) return { fail: Number(earlyLimit(promise, replicates) === 'fail'), pass: 0 };
  const values = replicates.filter(({ samples }) => samples > 0).map(({ value }) => value);
  const { against, kept } = capitalsOf(values, share.allowed);
  return { fail: progressOf(against, TO_FAIL), pass: progressOf(kept, TO_PASS) };
}

/** A count or an extreme: a breach that no further sample could undo is certain; that there will be none is not. */
function earlyRealised(promise: LimitPromise, values: readonly number[], samples: number): Verdict {
  if (samples === 0) return 'no-data';
  const value = {
    'count-above': () => values.reduce((sum, count) => sum + count, 0),
    max: () => values.reduce((a, b) => Math.max(a, b)),
    min: () => values.reduce((a, b) => Math.min(a, b)),
  }[promise.statistic as 'count-above' | 'max' | 'min']();
  const verdict = judgeLimit(promise, { value, low: value, high: value, samples }, false);
  return verdict === 'fail' ? 'fail' : 'inconclusive';
}

/** An arm's samples as its gate sees them. */
export interface Looked {
  /** Made when it is asked for: a verdict alone costs less. */
  estimate(): Estimate;
  /** `allThere`: no line of them is missing. */
  verdict(allThere: boolean): Verdict;
}

/**
 * The samples of a check that was looked at after every pair. What was certain at a look stays so; at the end of the
 * budget (`whole`) the exact interval decides the rest, at the part of the level that the looks have left.
 */
export function judgeLooked(promise: LimitPromise, pool: Pool, whole: boolean): Looked {
  const early = earlyLimit(
    promise,
    pool.executions.map((batches) => summariseLimit(promise, batches)),
  );
  const atEnd = () => estimateOf(promise, pool, 1 - 2 * finalLevel(FALSE_FAIL.limit, 'limit'));
  return {
    estimate: () => withEarlyBounds(promise, pool, whole ? atEnd() : { ...atEnd(), low: null, high: null }),
    verdict(allThere) {
      if (early === 'fail') return 'fail';
      if (early === 'pass' && allThere) return 'pass';
      return whole ? judgeLimit(promise, atEnd(), allThere) : 'no-data';
    },
  };
}
