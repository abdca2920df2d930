/** The contract between dashboard-api, which queues evaluations, and eval-engine, which works them off. */
import { z } from 'zod';

/** Redis Stream of the jobs that wait or are being worked on; an entry is deleted once it is settled. */
export const jobStream = 'jobs:evaluations';
/** Redis Stream of the jobs that were given up, with the reason. */
export const deadJobStream = 'jobs:evaluations:dead';
/** The field of a stream entry that holds the job as JSON. */
export const jobField = 'job';

/** Agent ids name channels (`agents/<id>`): no slash, and no longer than a channel of the protocol may be. */
export const agentIdPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
export const regionPattern = '^[a-z0-9](-?[a-z0-9]){0,31}$';
export const environmentPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
/** Any version of UUID, lower case as PostgreSQL writes it, or upper. */
export const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
export const episodes_max = 1_000;
export const seed_max = 2 ** 32 - 1;

/** Unknown fields are let through, so that either release can read what the other queued. */
const jobSchema = z.object({
  id: z.string().regex(new RegExp(uuidPattern)).toLowerCase(),
  agentId: z.string().regex(new RegExp(agentIdPattern)),
  region: z.string().regex(new RegExp(regionPattern)),
  environment: z.string().regex(new RegExp(environmentPattern)),
  episodes: z.int().min(1).max(episodes_max),
  seed: z.int().min(0).max(seed_max),
});

export type EvaluationJob = z.output<typeof jobSchema>;

/** A stream entry that is no job: nothing can be done with it, now or later. */
export class MalformedJobError extends Error {
  override readonly name = 'MalformedJobError';
  readonly code = 'ERR_MALFORMED_JOB';
}

/** @throws MalformedJobError */
export function parseJob(text: string | undefined): EvaluationJob {
  if (text === undefined) throw new MalformedJobError(`expected a field "${jobField}" that holds the job as JSON`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedJobError(`expected JSON in the field "${jobField}", got ${text.length} characters that are not`);
  }
  const result = jobSchema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedJobError(
    result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  );
}
