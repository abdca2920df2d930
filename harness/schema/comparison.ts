/** What `npm run compare` tells of two runs, gate by gate: `--json` prints it. */
import { z } from 'zod';
import { verdictSchema } from './verdict.ts';

/**
 * `new`: passed before and does not now. `fixed`: the other way round. `worse`, `better`: same side of that line, and the
 * value has moved by more than both runs' noise. `same`: not by more. `redefined`: the promise is another one, so that the
 * two say nothing of each other. `missing`: judged before and not now. `added`: judged now and not before.
 */
export const CHANGES = ['new', 'worse', 'missing', 'redefined', 'fixed', 'better', 'added', 'same'] as const;
export const changeSchema = z.enum(CHANGES);
export type Change = z.infer<typeof changeSchema>;

const sideSchema = z.strictObject({
  verdict: verdictSchema,
  value: z.number().nullable(),
  /** It did not pass, and somebody let it go. */
  waived: z.literal(true).optional(),
});

export const comparisonSchema = z.strictObject({
  schemaVersion: z.literal(1),
  before: z.string(),
  after: z.string(),
  /** What was not alike, beside the gates: a difference there may explain one here. */
  provenance: z.array(z.strictObject({ what: z.string(), before: z.string(), after: z.string() })),
  gates: z.array(
    z.strictObject({
      id: z.string(),
      change: changeSchema,
      before: sideSchema.optional(),
      after: sideSchema.optional(),
      /** A sentence. */
      reason: z.string(),
    }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;
