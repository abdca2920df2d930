/** `GET /api/v1/agents`: the agents that have been evaluated. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf } from './problem-details.ts';

interface AgentRow {
  id: string;
  agent_type: string;
  region: string;
  created_at: Date;
}

const agent = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    agentType: { type: 'string' },
    region: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
  },
};

const schema = {
  summary: 'All agents',
  querystring: { type: 'object', additionalProperties: false, properties: {} },
  response: { 200: { type: 'object', properties: { agents: { type: 'array', items: agent } } } },
};

interface AgentsOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

export function registerAgents(server: FastifyInstance, { postgres, authentication }: AgentsOptions): void {
  server.get('/api/v1/agents', { schema, onRequest: authentication.require('viewer') }, async () => {
    const { rows } = await askOf(
      'PostgreSQL',
      isPostgresAway,
      postgres.query<AgentRow>('SELECT id, agent_type, region, created_at FROM agents ORDER BY id'),
    );
    return {
      agents: rows.map(({ agent_type, created_at, ...same }) => ({
        ...same,
        agentType: agent_type,
        createdAt: created_at.toISOString(),
      })),
    };
  });
}
