/** `GET /api/v1/evaluations/summary`: how an agent did in a region over a span of time. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { agentIdPattern, regionPattern } from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf } from './problem-details.ts';
import { boundedSpan, type SpanQuery, spanProperties } from './time-span.ts';

interface SummaryRow {
  evaluations: string;
  failed: string;
  mean_reward: number | null;
  mean_duration_ms: number | null;
}

const schema = {
  summary: 'How an agent did in a region; over the last day unless a span is given',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['agent_id', 'region'],
    properties: {
      agent_id: { type: 'string', pattern: agentIdPattern },
      region: { type: 'string', pattern: regionPattern },
      ...spanProperties,
    },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        evaluations: { type: 'integer' },
        failed: { type: 'integer' },
        meanReward: { type: ['number', 'null'] },
        meanDuration_ms: { type: ['number', 'null'] },
      },
    },
  },
};

interface EvaluationSummaryOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

/** Of columns that the index holds, so that the table need not be read. */
export const summaryText = `SELECT count(*) AS evaluations, count(*) FILTER (WHERE status = 'failed') AS failed,
  avg(reward) AS mean_reward, avg(duration_ms) AS mean_duration_ms
FROM evaluations WHERE agent_id = $1 AND region = $2 AND created_at >= $3 AND created_at < $4`;

export function registerEvaluationSummary(server: FastifyInstance, options: EvaluationSummaryOptions): void {
  const { postgres, authentication } = options;
  server.get<{ Querystring: SpanQuery & { agent_id: string; region: string } }>(
    '/api/v1/evaluations/summary',
    { schema, onRequest: authentication.require('viewer') },
    async ({ query }) => {
      const { from, to } = boundedSpan(query);
      const values = [query.agent_id, query.region, from, to];
      const { rows } = await askOf(
        'PostgreSQL',
        isPostgresAway,
        postgres.query<SummaryRow>({ name: 'evaluation-summary', text: summaryText, values }),
      );
      const row = rows[0] as SummaryRow;
      return {
        evaluations: Number(row.evaluations),
        failed: Number(row.failed),
        meanReward: row.mean_reward,
        meanDuration_ms: row.mean_duration_ms,
      };
    },
  );
}
