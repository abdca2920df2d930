/** What `prove --mutants` found, kept beside the runs so that a report can show it. */
import { z } from 'zod';
import { mutantReportSchema } from './mutant.ts';

export const proofSchema = z.strictObject({
  schemaVersion: z.literal(1),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  seed: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** Every mutant was tried; a sample, a filter or an interruption leaves some out. */
  complete: z.boolean(),
  mutants: z.array(mutantReportSchema),
  /** Promises that no mutant turned; told only when all were tried. */
  unturned: z.array(z.string()),
  /** Mutants that broke more than a third of their ticket's gates; told only when all gates were judged. */
  tooCoarse: z.array(z.string()),
});
export type Proof = z.infer<typeof proofSchema>;
