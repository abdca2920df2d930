/** What one execution of a check wrote, counted while it is written: lines that went missing or changed places do not add up. */
import { z } from 'zod';

export const tallySchema = z.strictObject({
  facts: z.int().nonnegative(),
  /** By measure: its batches, their values, and the sum of those in the measure's unit, added in the order of the blocks. */
  measures: z.record(
    z.string(),
    z.strictObject({ observations: z.int().nonnegative(), values: z.int().nonnegative(), sum: z.number() }),
  ),
});
export type Tally = z.infer<typeof tallySchema>;

/** A tally of nothing. */
export function emptyTally(): Tally {
  // Without a prototype no measure is there before it was counted, whatever its name.
  return { facts: 0, measures: Object.create(null) };
}

/** Counts one batch of `measure`; call it in the order of the blocks, so that the sum comes out the same each time. */
export function countBatch({ measures }: Tally, measure: string, values: readonly number[]): void {
  measures[measure] ??= { observations: 0, values: 0, sum: 0 };
  const count = measures[measure];
  count.observations += 1;
  count.values += values.length;
  for (const value of values) count.sum += value;
}
