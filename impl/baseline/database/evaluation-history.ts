/** `GET /api/v1/evaluations` as v1.0.0 has it: everything an agent ever did, in one answer (TARS-1004). */
import type { EvaluationHistory, EvaluationHistoryOptions } from '../../release-parts.ts';
import {
  type EvaluationRow,
  evaluationColumns,
  evaluationsSchema,
  presentEvaluation,
} from '../../services/dashboard-api/evaluation.ts';
import { askOf } from '../../services/dashboard-api/problem-details.ts';
import { agentIdPattern } from '../../services/jobs.ts';
import { isPostgresAway } from '../../services/postgres.ts';

const schema = {
  summary: 'Evaluations of an agent, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['agent_id'],
    properties: { agent_id: { type: 'string', pattern: agentIdPattern } },
  },
  response: { 200: evaluationsSchema },
};

/** Of an agent. */
export const historyText = `SELECT ${evaluationColumns} FROM evaluations WHERE agent_id = $1 ORDER BY created_at DESC`;

export async function serveEvaluationHistory(options: EvaluationHistoryOptions): Promise<EvaluationHistory> {
  const { server, postgres, mayRead } = options;
  server.get<{ Querystring: { agent_id: string } }>(
    '/api/v1/evaluations',
    { schema, onRequest: mayRead },
    async ({ query }) => {
      const { rows } = await askOf(
        'PostgreSQL',
        isPostgresAway,
        postgres.query<EvaluationRow>(historyText, [query.agent_id]),
      );
      return { evaluations: rows.map(presentEvaluation) };
    },
  );
  return { shown: async () => {} };
}
