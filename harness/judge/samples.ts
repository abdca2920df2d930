/** Which batches of one measure, in one execution, can be believed, and what is wrong with the others. */
import { type Batch, byText } from './executions.ts';
import type { Problem } from './problem.ts';

export interface BelievedSamples {
  /** In the order of their blocks; only these may prove anything. */
  batches: Batch[];
  problems: Problem[];
}

const error = (says: string): Problem => ({ verdict: 'error', says });

/**
 * Refuses a batch in another unit than the planned one, with a value that is no finite number, or whose block was given
 * more than once. Whoever records numbers the blocks from 0 without a hole, so one that is missing is told.
 * Batches may overlap in time: a check may observe side by side what it does side by side.
 */
export function believedSamples(batches: readonly Batch[], unit: string, where: string): BelievedSamples {
  const blocks = Map.groupBy([...batches].sort(byBlock), (batch) => batch.observation.block);
  const problems: Problem[] = [];
  const believed: Batch[] = [];
  let expected = 0;
  for (const [block, [batch, another]] of blocks) {
    const { measure, values, unit: given } = (batch as Batch).observation;
    if (block > expected) {
      problems.push(error(`${where} gave block ${block} of ${measure}, but none from ${expected} to ${block - 1}`));
    }
    expected = block + 1;
    if (another !== undefined) {
      problems.push(error(`${where} gave block ${block} of ${measure} more than once`));
    } else if (given !== unit) {
      problems.push(error(`${where} gave ${measure} in ${given}, expected ${unit}`));
    } else if (!values.every(Number.isFinite)) {
      problems.push(error(`${where} gave a value of ${measure} that is no finite number, in block ${block}`));
    } else {
      believed.push(batch as Batch);
    }
  }
  return { batches: believed, problems };
}

/** Batches of one measure, in one execution; of those with one number, by everything else in them. */
export function byBlock({ observation: a }: Batch, { observation: b }: Batch): number {
  return a.block - b.block || byText(JSON.stringify(a), JSON.stringify(b));
}
