/** A settled evaluation as the API shows it, whichever release finds it. */

export interface EvaluationRow {
  id: string;
  agent_id: string;
  region: string;
  status: string;
  reward: number | null;
  episodes: number;
  duration_ms: number;
  created_at: Date;
}

export const evaluationColumns = 'id, agent_id, region, status, reward, episodes, duration_ms, created_at';

export const evaluationSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    agentId: { type: 'string' },
    region: { type: 'string' },
    status: { type: 'string', enum: ['completed', 'failed'] },
    reward: { type: ['number', 'null'] },
    episodes: { type: 'integer' },
    duration_ms: { type: 'number' },
    createdAt: { type: 'string', format: 'date-time' },
  },
};

export const evaluationsSchema = {
  type: 'object',
  properties: { evaluations: { type: 'array', items: evaluationSchema } },
};

export function presentEvaluation(row: EvaluationRow) {
  const { agent_id, created_at, ...same } = row;
  return { ...same, agentId: agent_id, createdAt: created_at.toISOString() };
}

export type PresentedEvaluation = ReturnType<typeof presentEvaluation>;
