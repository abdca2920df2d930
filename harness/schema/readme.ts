/** What a suite says of itself, as it stood when the run began. */
import { z } from 'zod';

/** Longer ones are cut. */
export const README_CHARACTERS = 64 * 1024;

export const readmeSchema = z.strictObject({
  suite: z.string(),
  ticket: z.string().optional(),
  title: z.string(),
  /** Markdown. */
  text: z.string(),
});
export type Readme = z.infer<typeof readmeSchema>;
