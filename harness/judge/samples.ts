/** Which batches of one measure, in one execution, can be believed, and what is wrong with the others. */
import type { Observation } from '../schema/entry.ts';
import { type Batch, byText } from './executions.ts';
import type { Problem } from './problem.ts';

export interface BelievedSamples {
  /** In order of time; only these may prove anything. */
  batches: Batch[];
  problems: Problem[];
}

const error = (says: string): Problem => ({ verdict: 'error', says });

/**
 * Refuses a batch in another unit than the planned one, with a value that is no finite number, or given twice
 * (the same block and `t0`); and all batches when `t0` goes backwards while the block number rises.
 */
export function believedSamples(batches: readonly Batch[], unit: string, where: string): BelievedSamples {
  const ordered = [...batches].sort(byBlockAndTime);
  const problems: Problem[] = [];
  const believed: Batch[] = [];
  let backwards = false;
  for (const [index, batch] of ordered.entries()) {
    const { measure, block, t0 } = batch.observation;
    const before = ordered[index - 1];
    if (before !== undefined && !(batch.t0_ms >= before.t0_ms)) {
      backwards = true;
      problems.push(
        error(
          `the clock went backwards in ${where}: block ${block} of ${measure} began at ${t0}, block ${before.observation.block} at ${before.observation.t0}`,
        ),
      );
    }
    if (isSame(before, batch) || isSame(ordered[index + 1], batch)) {
      problems.push(error(`${where} gave block ${block} of ${measure} at ${t0} more than once`));
    } else if (batch.observation.unit !== unit) {
      problems.push(error(`${where} gave ${measure} in ${batch.observation.unit}, expected ${unit}`));
    } else if (!batch.observation.values.every(Number.isFinite)) {
      problems.push(error(`${where} gave a value of ${measure} that is no finite number, in block ${block}`));
    } else {
      believed.push(batch);
    }
  }
  return { batches: backwards ? [] : believed, problems };
}

function byBlockAndTime(a: Batch, b: Batch): number {
  return a.observation.block - b.observation.block || a.t0_ms - b.t0_ms || byText(a.observation.t0, b.observation.t0);
}

function isSame(other: Batch | undefined, batch: Batch): boolean {
  return other !== undefined && isSlice(other.observation, batch.observation);
}

function isSlice(a: Observation, b: Observation): boolean {
  return a.block === b.block && a.t0 === b.t0;
}
