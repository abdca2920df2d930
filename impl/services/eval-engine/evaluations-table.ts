/** Committing a settled evaluation together with the events that tell of it: the transactional outbox. */
import type { Pool, PoolClient } from 'pg';
import type { EvaluationJob } from '../jobs.ts';

export interface Outcome {
  readonly status: 'completed' | 'failed';
  readonly reward: number | null;
  readonly duration_ms: number;
}

/** Held from before the outbox ids are drawn until commit, so that the order of ids is the order of commits. */
export const outboxLock = 1_001_001;
/** The channel of NOTIFY that wakes the relay. */
export const outboxNotification = 'tars_outbox';

/** What this engine evaluates: its policy is linear. */
const agentType = 'linear';

/** What the table holds after a commit. */
export interface Standing {
  /** Of the evaluation that stands: this one, or the one that was there before. */
  readonly status: Outcome['status'];
  /** Whether this call committed it. */
  readonly committed: boolean;
}

/**
 * Commits the evaluation, its agent and two events in one transaction. An evaluation whose id stands already is left as
 * it is and has no second events.
 */
export async function commitEvaluation(pool: Pool, job: EvaluationJob, outcome: Outcome): Promise<Standing> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const standing = await insert(client, job, outcome);
    await client.query('COMMIT');
    client.release();
    return standing;
  } catch (error) {
    // Closing the connection rolls back, also where the server no longer answers.
    client.release(true);
    throw error;
  }
}

async function insert(client: PoolClient, job: EvaluationJob, outcome: Outcome): Promise<Standing> {
  const { id, agentId, region, episodes } = job;
  const { status, reward, duration_ms } = outcome;
  const { rows } = await client.query<{ created_at: Date }>(
    `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING created_at`,
    [id, agentId, region, status, reward, episodes, duration_ms],
  );
  if (rows[0] === undefined) {
    const { rows: before } = await client.query<Outcome>('SELECT status FROM evaluations WHERE id = $1', [id]);
    return { status: before[0]?.status ?? status, committed: false };
  }
  await client.query(
    `INSERT INTO agents (id, agent_type, region) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET region = excluded.region WHERE agents.region <> excluded.region`,
    [agentId, agentType, region],
  );
  const createdAt = rows[0].created_at.toISOString();
  const payload = JSON.stringify({ id, agentId, region, status, reward, episodes, createdAt });
  await client.query('SELECT pg_advisory_xact_lock($1)', [outboxLock]);
  await client.query('INSERT INTO outbox (channel, payload) VALUES ($1, $3), ($2, $3)', [
    'evaluations',
    `agents/${agentId}`,
    payload,
  ]);
  await client.query(`SELECT pg_notify('${outboxNotification}', '')`);
  return { status, committed: true };
}
