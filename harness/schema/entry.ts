/**
 * One line of `observations.ndjson`: everything that was seen in a run, append-only, in the order it was written.
 * Together with `scope.json` and `promises.json` these lines are all the judge needs; a run can be judged again from them.
 */
import { z } from 'zod';
import { logPartSchema } from './log-part.ts';
import { tallySchema } from './tally.ts';

export const ARMS = ['baseline', 'candidate'] as const;
export const armSchema = z.enum(ARMS);
export type Arm = z.infer<typeof armSchema>;

const execution = {
  check: z.string(),
  arm: armSchema,
  replicate: z.int().nonnegative(),
  /** Which making of its pair this is: a pair of which a replicate was voided is made again. Absent: the first, 0. */
  attempt: z.int().positive().optional(),
};
const moment = z.iso.datetime();

/** What values were measured at, such as a size or a rate: `{ value: 1_000_000, unit: 'rows' }`. */
export const pointSchema = z.strictObject({ value: z.number().positive(), unit: z.string() });
export type Point = z.infer<typeof pointSchema>;

/** A batch of numbers of one measure; never one line a number (ten million lines would be 1.15 GB). */
export const observationSchema = z.strictObject({
  type: z.literal('observation'),
  ...execution,
  measure: z.string(),
  unit: z.string(),
  /** A time slice of the replicate: the batches of each measure are numbered from 0 without a hole. */
  block: z.int().nonnegative(),
  /** When the first value was taken. */
  t0: moment,
  values: z.array(z.number()),
  /** By how much the documented timings were divided; values are scaled back to documented time. Absent: real timings. */
  factor: z.number().positive().optional(),
  /** Where they stand on the curve of the measure. Absent: they are of none. */
  point: pointSchema.optional(),
});
export type Observation = z.infer<typeof observationSchema>;

/** A named yes or no, with what was seen. */
export const factSchema = z.strictObject({
  type: z.literal('fact'),
  ...execution,
  name: z.string(),
  holds: z.boolean(),
  evidence: z.string().optional(),
});
export type Fact = z.infer<typeof factSchema>;

export const checkStartedSchema = z.strictObject({ type: z.literal('check-started'), ...execution, at: moment });
export type CheckStarted = z.infer<typeof checkStartedSchema>;

export const CHECK_STATUSES = ['completed', 'error', 'interrupted'] as const;
export const checkStatusSchema = z.enum(CHECK_STATUSES);
export type CheckStatus = z.infer<typeof checkStatusSchema>;

/** Written last by each execution of a check. The tally lets the judge see lines that went missing in between. */
export const checkEndedSchema = z.strictObject({
  type: z.literal('check-ended'),
  ...execution,
  at: moment,
  /** `voided`: by the harness's own fault what it measured says nothing, so its pair is made again; `error` says why. */
  status: z.enum([...CHECK_STATUSES, 'voided']),
  duration_ms: z.number().nonnegative(),
  error: z.string().optional(),
  /** The error came before the check's own function began or after it had ended: its stack, its worker, its file. */
  endedBy: z.literal('harness').optional(),
  /** What the services of its stack wrote meanwhile. Absent where it had none, or they wrote nothing. */
  logs: z.array(logPartSchema).optional(),
  tally: tallySchema,
});
export type CheckEnded = z.infer<typeof checkEndedSchema>;

/** A component that serves this run, or one that could not be had and the command that would get it. */
export const componentSchema = z.discriminatedUnion('status', [
  z.strictObject({
    type: z.literal('component'),
    status: z.literal('started'),
    name: z.string(),
    version: z.string(),
    provider: z.string(),
  }),
  z.strictObject({
    type: z.literal('component'),
    status: z.literal('missing'),
    name: z.string(),
    reason: z.string(),
    command: z.string().optional(),
  }),
]);
export type ComponentEntry = z.infer<typeof componentSchema>;

/** Something went wrong outside of every execution: a run with one of these is never a pass. */
export const troubleSchema = z.strictObject({ type: z.literal('trouble'), at: moment, says: z.string() });
export type Trouble = z.infer<typeof troubleSchema>;

/** The last line of a run that ended in order. Without it the harness was killed. */
export const runEndedSchema = z.strictObject({
  type: z.literal('run-ended'),
  at: moment,
  how: z.enum(['finished', 'bailed', 'interrupted', 'deadline']),
});
export type RunEnded = z.infer<typeof runEndedSchema>;

export const entrySchema = z.discriminatedUnion('type', [
  observationSchema,
  factSchema,
  checkStartedSchema,
  checkEndedSchema,
  componentSchema,
  troubleSchema,
  runEndedSchema,
]);
export type Entry = z.infer<typeof entrySchema>;
