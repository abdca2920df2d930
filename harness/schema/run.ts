/** `run.json`: the verdict of a run and everything a reader needs to believe it. The reporters import this and nothing else. */
import { z } from 'zod';
import { certificateSchema } from './certificate.ts';
import { armSchema, checkStatusSchema } from './entry.ts';
import { historyReportSchema } from './history.ts';
import { logPartSchema } from './log-part.ts';
import { mutantReportSchema } from './mutant.ts';
import { operatorSchema, profileSchema, statisticSchema } from './promise.ts';
import { readmeSchema } from './readme.ts';
import { laneSchema, provenanceSchema } from './scope.ts';
import { verdictSchema } from './verdict.ts';
import { waiverSchema } from './waiver.ts';

export const RUN_SCHEMA_VERSION = 1;

/** A statistic with its interval, exact for independent samples; `low` or `high` is null where the interval is open on that side. */
export const estimateSchema = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  samples: z.int().nonnegative(),
  /** How many independent samples these are worth; absent when as many as there are, or when that does not matter. */
  effective: z.int().nonnegative().optional(),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** More looks than this are thinned out. */
export const MOST_LOOKS = 50;

/**
 * How a gate of a measured check was looked at after every pair of replicates. By itself: the check goes on until every
 * promise that it feeds is certain.
 */
export const looksReportSchema = z.strictObject({
  /** Pairs in the whole budget. */
  most: z.int().positive(),
  /**
   * From which look on the verdict was certain and stayed so: after so many pairs, with so many samples of the candidate
   * (of a guardrail, pairs). Null when no look was certain: then the end of the budget decided, or nothing.
   */
  called: z
    .strictObject({ verdict: z.enum(['fail', 'pass']), pairs: z.int().positive(), samples: z.int().nonnegative() })
    .nullable(),
  /** Ascending; the first, the last and the call are always among them. */
  sequence: z
    .array(
      z.strictObject({
        /** Pairs made by then. */
        pairs: z.int().positive(),
        /** `inconclusive` while nothing was certain. */
        verdict: verdictSchema,
        /** How much of the evidence that a `fail` takes was there, on a scale of logarithms; 1 is enough. */
        fail: z.number().min(0).max(1),
        /** The same of a `pass`, which takes the least of samples and a low enough noise floor besides. */
        pass: z.number().min(0).max(1),
      }),
    )
    .max(MOST_LOOKS),
});
export type LooksReport = z.infer<typeof looksReportSchema>;

export const gateSchema = z.strictObject({
  id: z.string(),
  /** Former ids of its promise: under them it is found in earlier runs. */
  aliases: z.array(z.string()).optional(),
  suite: z.string(),
  ticket: z.string().optional(),
  kind: z.enum(['fix', 'absolute', 'guardrail', 'facts']),
  says: z.string(),
  measure: z.string(),
  statistic: z.union([statisticSchema, z.literal('facts-broken')]),
  threshold: z.number().optional(),
  operator: operatorSchema,
  /** Of a guardrail the relative change that is let pass: 0.05 with `<=` when higher is worse, -0.05 with `>=` when lower is. */
  limit: z.number(),
  /** Guardrails only, as promised: a fraction of the baseline. */
  tolerance: z.number().optional(),
  /**
   * Guardrails only: the smallest relative change that these pairs, at their noise, call a regression in 95 % of all such
   * runs; null when they are too few to call any.
   */
  minimumDetectable: z.number().nullable().optional(),
  /**
   * Guardrails only: by what relative change a release seems to be worse than itself in this run, told from replicates of
   * one arm; null when they are too few to tell. Where it is over the tolerance, a pass within it is not believed.
   */
  noiseFloor: z.number().nullable().optional(),
  unit: z.string(),
  verdict: verdictSchema,
  /** A sentence with measured, operator and limit in it. */
  reason: z.string(),
  /** Who lets it go though it does not pass, why, and for how long: it keeps its verdict and leaves the run's. */
  waived: waiverSchema.omit({ gate: true }).optional(),
  /** Of a guardrail the change against the baseline, as a fraction of it; its samples are pairs of replicates. */
  candidate: estimateSchema,
  baseline: estimateSchema.optional(),
  /** Fixes only: whether the baseline broke the limit. */
  discriminates: z.boolean().optional(),
  /** Only where the check could end early. */
  looks: looksReportSchema.optional(),
  /** Checks whose observations or facts this gate was judged from. */
  checks: z.array(z.string()),
  rerun: z.string(),
});
export type Gate = z.infer<typeof gateSchema>;

/** How the samples of one measure are spread on one arm; of the gates of this suite and measure. For charts only. */
export const distributionReportSchema = z.strictObject({
  suite: z.string(),
  measure: z.string(),
  unit: z.string(),
  arm: armSchema,
  samples: z.int().positive(),
  /** How many independent samples the drawn ones are worth; absent when as many as there are. */
  effective: z.int().positive().optional(),
  /**
   * Ascending: the percent, the value of that quantile, and from where to where it may lie. The bounds hold for all
   * quantiles, both arms and every look together with 95 %; null where the band is open.
   */
  quantiles: z
    .array(z.tuple([z.int().min(1).max(99), z.number(), z.number().nullable(), z.number().nullable()]))
    .max(25),
});
export type DistributionReport = z.infer<typeof distributionReportSchema>;

/** More points than this are thinned out. */
export const MOST_CURVE_POINTS = 50;

/** One measure of a check over what it was measured at, on one arm. For charts only. */
export const curveReportSchema = z.strictObject({
  check: z.string(),
  measure: z.string(),
  unit: z.string(),
  /** The unit of what it was measured at. */
  over: z.string(),
  arm: armSchema,
  /** Ascending, each place once; the first and the last are always among them. */
  points: z
    .array(
      z.strictObject({
        at: z.number().positive(),
        p50: z.number(),
        p95: z.number(),
        samples: z.int().positive(),
      }),
    )
    .min(1)
    .max(MOST_CURVE_POINTS),
});
export type CurveReport = z.infer<typeof curveReportSchema>;

/** Parts of logs kept of a check: a measured one has some for each of its replicates. */
export const MOST_LOG_PARTS = 24;

export const checkReportSchema = z.strictObject({
  id: z.string(),
  suite: z.string(),
  ticket: z.string().optional(),
  lane: laneSchema,
  status: checkStatusSchema,
  /** When its first execution started; absent when none did, and in runs judged before it was kept. */
  startedAt: z.iso.datetime().optional(),
  duration_ms: z.number().nonnegative(),
  /** What it recorded on each arm, over all replicates that count. Absent in runs judged before it was kept. */
  recorded: z
    .array(
      z.strictObject({
        arm: armSchema,
        /** That started. */
        replicates: z.int().nonnegative(),
        measures: z.array(
          z.strictObject({
            measure: z.string(),
            unit: z.string(),
            batches: z.int().nonnegative(),
            values: z.int().nonnegative(),
          }),
        ),
      }),
    )
    .optional(),
  error: z.string().optional(),
  /** Replicates of a measured check whose pair was made again because the harness itself had spoilt it; absent when none. */
  voided: z
    .array(
      z.strictObject({
        arm: armSchema,
        replicate: z.int().nonnegative(),
        attempt: z.int().nonnegative(),
        at: z.iso.datetime(),
        says: z.string(),
      }),
    )
    .optional(),
  /**
   * What the services of its stacks wrote, execution by execution, those that went wrong first and at most
   * `MOST_LOG_PARTS`. Absent when nothing.
   */
  logs: z
    .array(
      logPartSchema.extend({
        arm: armSchema,
        replicate: z.int().nonnegative(),
        /** The number of the part's first line in its file, from 1, and of its last. Absent where the file cannot be read. */
        lines: z.tuple([z.int().positive(), z.int().positive()]).optional(),
        /** It is of an execution that went wrong: one that did not complete, or a candidate's that broke a fact. */
        wrong: z.literal(true).optional(),
        /** Its last lines; only of what went wrong. */
        end: z.string().optional(),
      }),
    )
    .max(MOST_LOG_PARTS)
    .optional(),
  facts: z.array(
    z.strictObject({
      arm: armSchema,
      replicate: z.int().nonnegative(),
      name: z.string(),
      holds: z.boolean(),
      evidence: z.string().optional(),
    }),
  ),
  rerun: z.string(),
});
export type CheckReport = z.infer<typeof checkReportSchema>;

export const runSchema = z.strictObject({
  schemaVersion: z.literal(RUN_SCHEMA_VERSION),
  id: z.string(),
  product: z.string(),
  command: z.string(),
  seed: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  /** Null when the harness was killed before the run ended. */
  endedAt: z.iso.datetime().nullable(),
  /** How it ended; `killed` when no last line was written. */
  ended: z.enum(['finished', 'bailed', 'interrupted', 'deadline', 'killed']),
  verdict: verdictSchema,
  scope: z.strictObject({
    profile: profileSchema,
    tickets: z.array(z.string()),
    narrowedBy: z.array(z.string()),
    expected: z.array(z.string()),
    /** Every check of the scope ended by itself and every expected gate was judged. */
    complete: z.boolean(),
    /** What is missing, a sentence each; empty when complete. */
    missing: z.array(z.string()),
  }),
  provenance: provenanceSchema.extend({
    components: z.array(
      z.strictObject({
        name: z.string(),
        version: z.string().nullable(),
        provider: z.string().nullable(),
        missing: z.string().optional(),
      }),
    ),
  }),
  checks: z.array(checkReportSchema),
  gates: z.array(gateSchema),
  /** What became of each planted fault on this very commit; absent when that was not tried. */
  mutants: z.array(mutantReportSchema).optional(),
  /** What `prove --judge` measured of the judge on this very commit; absent when that was not done. */
  certificate: certificateSchema.optional(),
  /** The run among those before it; absent when it knew of no history. */
  history: historyReportSchema.optional(),
  deferred: z.array(z.strictObject({ id: z.string(), decidableFrom: profileSchema })),
  /** What the suites say of themselves; absent when none says anything. */
  readmes: z.array(readmeSchema).optional(),
  /** Time series for charts; points are [seconds since the first value, value]. */
  series: z.array(
    z.strictObject({
      measure: z.string(),
      arm: armSchema,
      unit: z.string(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
  /** For charts; at most one for each judged measure and arm. Absent in runs that were judged before there were any. */
  distributions: z.array(distributionReportSchema).default([]),
  /** For charts. Absent in runs that were judged before there were any. */
  curves: z.array(curveReportSchema).default([]),
  /** Evidence kept beside the run; paths are relative to the run's folder. */
  attachments: z.array(z.strictObject({ name: z.string(), path: z.string(), mime: z.string() })),
});
export type Run = z.infer<typeof runSchema>;
