/** What a run set out to decide, on what machine: written to `scope.json` before the first check starts. */
import { z } from 'zod';
import { ARMS, armSchema } from './entry.ts';
import { profileSchema } from './promise.ts';
import { readmeSchema } from './readme.ts';
import { waiverSchema } from './waiver.ts';

/** Where a check may run: in parallel, mostly idle beside the others, or alone on the machine. */
export const LANES = ['functional', 'waiting', 'timing'] as const;
export const laneSchema = z.enum(LANES);
export type Lane = z.infer<typeof laneSchema>;

/** A check that this run will make, and everything it must deliver. */
export const plannedCheckSchema = z.strictObject({
  id: z.string(),
  suite: z.string(),
  ticket: z.string().optional(),
  lane: laneSchema,
  arms: z.array(armSchema).min(1),
  /** How many replicates on each arm, at most as many as `--repeat` allows; with `leastReplicates` the most there may be. */
  replicates: z.int().positive().max(1_000),
  /**
   * From so many pairs of replicates on the check ends as soon as `harness/judge/stopping.ts` says `decided`.
   * Absent: all `replicates` are made.
   */
  leastReplicates: z.int().positive().optional(),
  /** Names of the facts it must record on the candidate. */
  facts: z.array(z.string()),
  /** Measures it records, by name, with their units. */
  measures: z.record(z.string(), z.string()),
  /** Components its stack needs. */
  components: z.array(z.string()),
});
export type PlannedCheck = z.infer<typeof plannedCheckSchema>;

const releaseOfArm = z.strictObject(
  Object.fromEntries(ARMS.map((arm) => [arm, z.string()])) as Record<(typeof ARMS)[number], z.ZodString>,
);

/** Where and on what a run was made. */
export const provenanceSchema = z.strictObject({
  commit: z.string().nullable(),
  dirty: z.boolean(),
  arms: releaseOfArm,
  promisesSha256: z.string(),
  node: z.string(),
  os: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
  memory_bytes: z.int().positive(),
  /** Load average of one minute when the run began. */
  load: z.number(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const SCOPE_SCHEMA_VERSION = 1;

export const scopeSchema = z.strictObject({
  schemaVersion: z.literal(SCOPE_SCHEMA_VERSION),
  id: z.string(),
  product: z.string(),
  /** The command that repeats this run, seed included. */
  command: z.string(),
  seed: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  profile: profileSchema,
  tickets: z.array(z.string()),
  /** Filters and arms other than the product's own, as given: `--ticket ACME-7`. Empty: the run decides on the release. */
  narrowedBy: z.array(z.string()),
  checks: z.array(plannedCheckSchema),
  /** Ids of the gates this run must decide. */
  expected: z.array(z.string()),
  deferred: z.array(z.strictObject({ id: z.string(), decidableFrom: profileSchema })),
  /** Gates that were let go when the run began; absent when none were. */
  waivers: z.array(waiverSchema).optional(),
  /** What the suites of these checks say of themselves; absent when none says anything. */
  readmes: z.array(readmeSchema).optional(),
  provenance: provenanceSchema,
});
export type Scope = z.infer<typeof scopeSchema>;
