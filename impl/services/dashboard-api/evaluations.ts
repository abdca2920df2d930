/** `/api/v1/evaluations`: queueing an evaluation, and reading a settled one. How they are listed is the release's. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { EvaluationHistory } from '../../release-parts.ts';
import {
  agentIdPattern,
  type EvaluationJob,
  environmentPattern,
  episodes_max,
  jobField,
  jobStream,
  regionPattern,
  seed_max,
  uuidPattern,
} from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import { isRedisAway } from '../redis.ts';
import type { Authentication } from './authentication.ts';
import { type EvaluationRow, evaluationColumns, evaluationSchema, presentEvaluation } from './evaluation.ts';
import { askOf, Problem } from './problem-details.ts';

/**
 * Jobs that may wait. A stream bounded by MAXLEN would drop the oldest without a word; this one refuses the newest.
 * Length and entry are one script, so that the bound holds under concurrency.
 */
export const waitingJobs_max = 10_000;
const enqueue = `
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', ARGV[2], ARGV[3])`;

interface EvaluationRequest {
  id?: string;
  agentId: string;
  region: string;
  environment: string;
  episodes: number;
  seed?: number;
}

const agentId = { type: 'string', pattern: agentIdPattern };
const id = { type: 'string', pattern: uuidPattern };

const schemas = {
  queue: {
    summary: 'Queue an evaluation',
    body: {
      type: 'object',
      additionalProperties: false,
      required: ['agentId', 'region', 'episodes'],
      properties: {
        id: { ...id, description: 'makes the request safe to repeat; a random one by default' },
        agentId,
        region: { type: 'string', pattern: regionPattern },
        environment: { type: 'string', pattern: environmentPattern, default: 'cartpole' },
        episodes: { type: 'integer', minimum: 1, maximum: episodes_max },
        seed: { type: 'integer', minimum: 0, maximum: seed_max, description: 'follows from the id by default' },
      },
    },
    response: {
      202: {
        type: 'object',
        required: ['id', 'status'],
        properties: { id: { type: 'string', format: 'uuid' }, status: { type: 'string', const: 'queued' } },
      },
    },
  },
  one: {
    summary: 'One evaluation',
    params: { type: 'object', required: ['id'], properties: { id } },
    querystring: { type: 'object', additionalProperties: false, properties: {} },
    response: { 200: evaluationSchema },
  },
};

/** The first 32 bits of the id: a job without a seed of its own has the same one each time it is queued. */
function seedOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}

interface EvaluationsOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly redis: Redis;
  readonly authentication: Authentication;
  readonly history: EvaluationHistory;
}

export function registerEvaluations(server: FastifyInstance, options: EvaluationsOptions): void {
  const { postgres, redis, authentication, history } = options;

  server.post<{ Body: EvaluationRequest }>(
    '/api/v1/evaluations',
    { schema: schemas.queue, onRequest: authentication.require('operator') },
    async ({ body }, reply) => {
      const id = (body.id ?? randomUUID()).toLowerCase();
      const job: EvaluationJob = { ...body, id, seed: body.seed ?? seedOf(id) };
      const entry = await askOf(
        'Redis',
        isRedisAway,
        redis.eval(enqueue, 1, jobStream, waitingJobs_max, jobField, JSON.stringify(job)),
      );
      if (entry === null) {
        throw new Problem('queue-full', `${waitingJobs_max} jobs are waiting already`, {
          headers: { 'retry-after': '5' },
        });
      }
      return reply.code(202).send({ id, status: 'queued' });
    },
  );

  server.get<{ Params: { id: string } }>(
    '/api/v1/evaluations/:id',
    { schema: schemas.one, onRequest: authentication.require('viewer') },
    async ({ params }) => {
      const { rows } = await askOf(
        'PostgreSQL',
        isPostgresAway,
        postgres.query<EvaluationRow>(`SELECT ${evaluationColumns} FROM evaluations WHERE id = $1`, [params.id]),
      );
      if (rows[0] === undefined) throw new Problem('not-found', 'no evaluation with this id has been settled');
      await history.shown(rows[0]);
      return presentEvaluation(rows[0]);
    },
  );
}
