/** A part of a log of the run: the bytes that one service wrote during one execution of a check. */
import { z } from 'zod';

export const logPartSchema = z.strictObject({
  /** Its name within the run's `logs/`. */
  file: z.string(),
  from_bytes: z.int().nonnegative(),
  /** The first byte that is no longer of it. */
  to_bytes: z.int().positive(),
});
export type LogPart = z.infer<typeof logPartSchema>;
