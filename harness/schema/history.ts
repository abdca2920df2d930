/** A line of the history file, and what a run makes of the lines before it. */
import { z } from 'zod';
import { profileSchema } from './promise.ts';
import { verdictSchema } from './verdict.ts';

export const HISTORY_SCHEMA_VERSION = 1;

/** A run as the history keeps it. Later versions may say more. */
export const historyLineSchema = z.object({
  schemaVersion: z.literal(HISTORY_SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.iso.datetime(),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  arms: z.object({ baseline: z.string(), candidate: z.string() }),
  profile: profileSchema,
  narrowedBy: z.array(z.string()),
  verdict: verdictSchema,
  gates: z.array(
    z.object({
      id: z.string(),
      verdict: verdictSchema,
      /** What was measured on the candidate. */
      candidate: z.number().nullable(),
    }),
  ),
});
export type HistoryLine = z.infer<typeof historyLineSchema>;

/** More runs than this are not looked back upon. */
export const MOST_RUNS = 50;

export const historyReportSchema = z.strictObject({
  /** The runs like this one that came before it, oldest first, in the order in which they ended; this one is not among them. */
  runs: z
    .array(z.strictObject({ id: z.string(), startedAt: z.iso.datetime(), commit: z.string().nullable() }))
    .max(MOST_RUNS),
  /** Gates that passed in the last of them that knew, whose verdict was neither `error` nor `no-data`, and do not now. */
  new: z.array(z.string()),
  /** The other way round. */
  fixed: z.array(z.string()),
  /** Gates that passed and failed on this very commit. */
  flaky: z.array(z.string()),
  /** By gate of this run: what each of `runs` and then this run made of it; null where it was not judged. */
  gates: z.record(
    z.string(),
    z.strictObject({
      verdicts: z.array(verdictSchema.nullable()),
      values: z.array(z.number().nullable()),
      /** Positions at which the values begin to be others. Looked for in 10 values or more. */
      changes: z.array(z.int().positive()),
    }),
  ),
});
export type HistoryReport = z.infer<typeof historyReportSchema>;
