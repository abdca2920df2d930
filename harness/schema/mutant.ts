/** A mutant: one change of the product that a gate must catch, as plain data. What nobody catches, the gates do not guard. */
import { z } from 'zod';
import { idSchema, profileSchema } from './promise.ts';

export const mutantSchema = z.strictObject({
  /** `acme-7/no-time-out`; the first segment is its suite. */
  id: idSchema,
  suite: z.string(),
  ticket: z.string().optional(),
  /** Where the fault comes from: an issue somebody had to fix (`owner/repository#7`), a standard, or the release plan. */
  source: z.string().min(1),
  /** What is wrong with the product when it is changed so. */
  says: z.string().min(1),
  /** Relative to the composition root. */
  file: z.string().min(1),
  /** The exact text in `file` that is replaced; it stands there once. */
  find: z.string().min(1),
  replace: z.string(),
  /** Gates of which one must say `fail`; they are tried in this order, so the one that tells soonest stands first. */
  gates: z.array(idSchema).min(1),
  /** The quickest profile at which these gates see it. */
  profile: profileSchema,
});
export type Mutant = z.infer<typeof mutantSchema>;

/** What became of a mutant. */
export const mutantReportSchema = z.strictObject({
  id: z.string(),
  ticket: z.string().optional(),
  source: z.string(),
  says: z.string(),
  /** One of the gates that must catch it said `fail`. */
  caught: z.boolean(),
  /** Those that did. */
  caughtBy: z.array(z.string()),
  /** Every gate that was judged, by id; the others were not run. */
  verdicts: z.record(z.string(), z.string()),
  duration_ms: z.number().nonnegative(),
  /** Repeats the run with this one mutant. */
  rerun: z.string(),
});
export type MutantReport = z.infer<typeof mutantReportSchema>;
