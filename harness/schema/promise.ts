/**
 * A promise: one sentence of the release plan with a number in it, as plain data.
 * The judge reads nothing else about a release; a promise carries its own statistic, limit and least number of samples.
 */
import { z } from 'zod';

/** Profiles from the quickest to the longest; a later one decides all that an earlier one does. */
export const PROFILES = ['smoke', 'standard', 'nightly'] as const;
export const profileSchema = z.enum(PROFILES);
export type Profile = z.infer<typeof profileSchema>;

/** Whether a run at `profile` includes what is declared `from` a profile. */
export function reaches(profile: Profile, from: Profile): boolean {
  return PROFILES.indexOf(profile) >= PROFILES.indexOf(from);
}

/** Two or more kebab-case segments: `acme-7/silent-drop`. */
export const idSchema = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)+$/,
    'an id is a path of kebab-case words: acme-7/silent-drop',
  );

/**
 * What is computed from the samples of a measure.
 * - `count-above` · how many samples are above `threshold`; a realised count, so one breach of a limit of 0 is certain
 * - `share-above` · their share of all samples, with the Clopper-Pearson interval
 * - `mean` · of samples that lie between 0 and `ceiling`, with an interval by betting that holds for any law of them
 * - `p50` `p95` `p99` · quantiles, with the binomial order-statistic interval
 * - `max` `min` · the realised extreme
 *
 * All three intervals are exact for independent samples.
 */
export const STATISTICS = ['count-above', 'share-above', 'mean', 'p50', 'p95', 'p99', 'max', 'min'] as const;
export const statisticSchema = z.enum(STATISTICS);
export type Statistic = z.infer<typeof statisticSchema>;

export const operatorSchema = z.enum(['<', '<=', '>', '>=']);
export type Operator = z.infer<typeof operatorSchema>;

/** What every promise says of itself, whatever its kind. */
const common = {
  id: idSchema,
  /** Former ids; a rename leaves one here, so that no other gate takes it and its history can be found. */
  aliases: z.array(idSchema).optional(),
  suite: z.string(),
  ticket: z.string().optional(),
  /** The sentence a reader sees, with its number. */
  says: z.string().min(1),
  /** The measure of this suite's observations that the statistic is computed from. */
  measure: z.string().min(1),
  /** The unit of the measure; observations in any other unit are an error. */
  unit: z.string().min(1),
  /** The quickest profile that can decide this promise; below it the promise is deferred. */
  decidableFrom: profileSchema,
};

export const limitPromiseSchema = z
  .strictObject({
    ...common,
    /** `fix`: the baseline breaks the limit and the candidate keeps it. `absolute`: the limit alone, on the candidate. */
    kind: z.enum(['fix', 'absolute']),
    statistic: statisticSchema,
    /** In the measure's unit; only for `count-above` and `share-above`. */
    threshold: z.number().optional(),
    /**
     * In the measure's unit; only for `mean`: no sample can be above it, because the check watches no longer. Without such
     * a bound no interval of a mean is honest: one rare sample could be of any size.
     */
    ceiling: z.number().positive().optional(),
    operator: operatorSchema,
    /** In the measure's unit; a count for `count-above`, a fraction from 0 to 1 for `share-above`. */
    limit: z.number(),
    /** Fewer samples than this on the candidate can never pass. */
    minSamples: z.int().positive(),
  })
  .refine((promise) => promise.statistic.endsWith('-above') === (promise.threshold !== undefined), {
    message: 'threshold belongs to count-above and share-above, and to no other statistic',
  })
  .refine((promise) => (promise.statistic === 'mean') === (promise.ceiling !== undefined), {
    message: 'ceiling belongs to mean, and to no other statistic',
  })
  .refine(({ limit, ceiling }) => ceiling === undefined || (limit > 0 && limit < ceiling), {
    message: 'the limit of mean lies between 0 and its ceiling: no other could be broken, or kept',
    path: ['limit'],
  })
  .refine(({ statistic, limit }) => statistic !== 'share-above' || (limit >= 0 && limit <= 1), {
    message: 'the limit of share-above is a fraction from 0 to 1',
    path: ['limit'],
  })
  .refine(
    ({ statistic, operator, limit, minSamples }) =>
      statistic !== 'count-above' || !operator.startsWith('<') || limit < minSamples,
    {
      message:
        'the upper limit of count-above must be below minSamples: so few samples could all be above the threshold and keep it',
      path: ['limit'],
    },
  );
export type LimitPromise = z.infer<typeof limitPromiseSchema>;

export const guardrailSchema = z.strictObject({
  ...common,
  /** The candidate is no worse than the baseline by more than `tolerance`, judged on pairs of replicates. */
  kind: z.literal('guardrail'),
  /** Taken of each replicate by itself, then compared within its pair; of a replicate with one value it is that value. */
  statistic: z.enum(['p50', 'p95', 'p99']),
  /** Which way is a regression: `higher` for latency or memory, `lower` for throughput. */
  worse: z.enum(['higher', 'lower']),
  /** How much worse is let pass, as a fraction of the baseline: 0.05 is 5 %. */
  tolerance: z.number().min(0).lt(1),
  /** Fewer pairs of replicates than this are never a verdict but `no-data`. */
  minPairs: z.int().positive(),
});
export type Guardrail = z.infer<typeof guardrailSchema>;

export const promiseSchema = z.discriminatedUnion('kind', [limitPromiseSchema, guardrailSchema]);

/** See the fields of the schemas. Named so because `Promise` is taken. */
export type ReleasePromise = z.infer<typeof promiseSchema>;
