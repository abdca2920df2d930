/** What `prove --aa` found: runs of one release against itself, in which no gate may fail. */
import { z } from 'zod';
import { profileSchema } from './promise.ts';
import { verdictSchema } from './verdict.ts';

export const aaRunSchema = z.strictObject({
  seed: z.int().nonnegative(),
  /** It left a verdict, was not cut short, and everything it set out to decide was judged. */
  complete: z.boolean(),
  /** Null when it left none. */
  verdict: verdictSchema.nullable(),
  /** How many gates were judged. */
  gates: z.int().nonnegative(),
  /** Those that said anything but `pass`, by id. */
  others: z.record(z.string(), verdictSchema),
  duration_ms: z.number().nonnegative(),
  /** Repeats it, but for the other process. */
  rerun: z.string(),
});
export type AaRun = z.infer<typeof aaRunSchema>;

export const aaSchema = z.strictObject({
  schemaVersion: z.literal(1),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  release: z.string(),
  profile: profileSchema,
  /** How many runs were asked for. */
  asked: z.int().positive(),
  /** Of the process that burned a core: how much it was given, of how much there was; null when it did not last. */
  burner: z.strictObject({ cpu_ms: z.number(), elapsed_ms: z.number() }).nullable(),
  runs: z.array(aaRunSchema),
});
export type Aa = z.infer<typeof aaSchema>;
