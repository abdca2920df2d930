/** What `prove --stryker` found: how many changes to the judge's own code its tests notice. Kept as `mutation.json`. */
import { z } from 'zod';

/** The share of changes that each folder's tests are to notice, at least. Source: issue 4. */
export const MUTATION_GOAL = 0.85;

const undetectedSchema = z.strictObject({
  /** `harness/judge/limit.ts:12:5`: file, line and column, counted from 1. */
  at: z.string(),
  /** Stryker's name for the kind of change. */
  mutator: z.string(),
  /** What stood there instead. */
  replacement: z.string(),
  /** No test failed, or no test even ran it. */
  how: z.enum(['survived', 'no-coverage']),
});

export const folderScoreSchema = z.strictObject({
  folder: z.string(),
  /** (killed + timeout) / (those, survived and no coverage), from 0 to 1; 0 where there is nothing to change. */
  score: z.number().min(0).max(1),
  /** A test failed. */
  killed: z.int().nonnegative(),
  /** The tests ran on for ever. */
  timeout: z.int().nonnegative(),
  survived: z.int().nonnegative(),
  noCoverage: z.int().nonnegative(),
  /** Taken out by a `// Stryker disable` comment with its reason; not in the score. */
  ignored: z.int().nonnegative(),
  /** The file would not load; not in the score. */
  errors: z.int().nonnegative(),
  undetected: z.array(undetectedSchema),
});
export type FolderScore = z.infer<typeof folderScoreSchema>;

export const mutationScoreSchema = z.strictObject({
  schemaVersion: z.literal(1),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  /** Of all files that the score depends on: it tells whether the score is of what is here now. */
  sourcesSha256: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  goal: z.number(),
  folders: z.array(folderScoreSchema),
});
export type MutationScore = z.infer<typeof mutationScoreSchema>;

export function reachesGoal({ score }: FolderScore): boolean {
  return score >= MUTATION_GOAL;
}
