/** The judge's certificate, as `prove --judge` writes it and as a report shows it. */
import { z } from 'zod';

/** One line: what the judge is held to, what came out, and whether that is enough. */
export const figureSchema = z.strictObject({
  /** What is promised: `false alarms`, `power`, `early`, `repeatable`, `closed`, `fast`, `noise floor`, `slope`, `mutation score`. */
  promise: z.string(),
  /** The gate and the circumstances. */
  of: z.string(),
  /** Empty for what is only shown beside. */
  required: z.string(),
  measured: z.string(),
  /** Absent for what is only shown beside. */
  met: z.boolean().optional(),
});
export type Figure = z.infer<typeof figureSchema>;

export const certificateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** Few simulations: the figures are rough. */
  quick: z.boolean(),
  seed: z.int().nonnegative(),
  /** Every figure that the judge is held to is met. */
  met: z.boolean(),
  figures: z.array(figureSchema),
});
export type Certificate = z.infer<typeof certificateSchema>;
