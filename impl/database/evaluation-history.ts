/** `GET /api/v1/evaluations` as v1.0.1 has it (TARS-1004): pages by cursor or offset, filters, and a cache in front. */
import { createHash } from 'node:crypto';
import type { EvaluationHistory, EvaluationHistoryOptions } from '../release-parts.ts';
import { type EvaluationRow, evaluationsSchema, presentEvaluation } from '../services/dashboard-api/evaluation.ts';
import { askOf } from '../services/dashboard-api/problem-details.ts';
import { isPostgresAway } from '../services/postgres.ts';
import { encodeCursor } from './cursor.ts';
import { PageCache } from './page-cache.ts';
import { type PageQuery, type PageRequest, pageQuerySchema, pageRequestOf } from './page-request.ts';
import { pageStatement } from './page-statement.ts';

const schema = {
  summary: 'Evaluations, newest first, a page at a time',
  description:
    'Without "limit" the newest 100, where v1.0.0 gave all. The header Link leads to the next page while there is one (RFC 8288).',
  querystring: pageQuerySchema,
  response: {
    200: {
      ...evaluationsSchema,
      headers: { link: { type: 'string', description: '<path and query of the next page>; rel="next"' } },
    },
  },
};

/** How long after its commit an evaluation may be known by its id and not yet have been told of by an event. */
const untold_ms = 10_000;

interface Page {
  readonly evaluations: ReturnType<typeof presentEvaluation>[];
  /** Where the next page begins. */
  readonly next?: string;
}

export async function serveEvaluationHistory(options: EvaluationHistoryOptions): Promise<EvaluationHistory> {
  const { server, postgres, redis, cached = true, mayRead, logger, metrics } = options;
  const cache = cached ? new PageCache({ redis, logger, metrics }) : undefined;

  async function read(request: PageRequest): Promise<Page> {
    const { name, text, values } = pageStatement(request);
    const { rows } = await askOf(
      'PostgreSQL',
      isPostgresAway,
      postgres.query<EvaluationRow & { created_at_us: string }>({ name, text, values: [...values] }),
    );
    const shown = rows.slice(0, request.limit);
    const last = shown.at(-1);
    return {
      evaluations: shown.map(({ created_at_us: _, ...row }) => presentEvaluation(row)),
      ...(rows.length > request.limit &&
        last !== undefined && { next: encodeCursor({ createdAt_us: last.created_at_us, id: last.id }) }),
    };
  }

  server.get<{ Querystring: PageQuery }>(
    '/api/v1/evaluations',
    { schema, onRequest: mayRead },
    async ({ query }, reply) => {
      const request = pageRequestOf(query);
      const make = () => read(request);
      const { evaluations, next } = await (cache?.get(keyOf(request), request.agentId, make) ?? make());
      if (next !== undefined) reply.header('link', `<${nextPage(query, next)}>; rel="next"`);
      return { evaluations };
    },
  );

  return {
    async shown({ agent_id, created_at }) {
      if (Date.now() - created_at.getTime() < untold_ms) await cache?.forget(agent_id);
    },
  };
}

/** The same for queries that mean the same, however they are written. */
function keyOf(request: PageRequest): string {
  const { agentId, region, status, from, to, limit, offset, after } = request;
  const meaning = JSON.stringify([agentId, region, status, from, to, limit, offset, after]);
  return `cache:evaluations:page:${createHash('sha256').update(meaning).digest('base64url')}`;
}

function nextPage(query: PageQuery, cursor: string): string {
  const { offset: _, ...same } = query;
  return `/api/v1/evaluations?${new URLSearchParams({ ...same, cursor })}`;
}
