/** `GET /api/v1/agent-states`: the latest state of an agent in a region, or the latest states of a type of agent. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { agentIdPattern, regionPattern } from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf } from './problem-details.ts';

const shown_max = 100;

interface StateRow {
  agent_id: string;
  agent_type: string;
  region: string;
  policy_version: number;
  training_steps: string;
  mean_reward: number | null;
  updated_at: Date;
}

interface StateQuery {
  agent_id?: string;
  region?: string;
  agent_type?: string;
}

const schema = {
  summary: `The latest state of an agent in a region, or the newest ${shown_max} of a type of agent`,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      agent_id: { type: 'string', pattern: agentIdPattern },
      region: { type: 'string', pattern: regionPattern },
      agent_type: { type: 'string', pattern: agentIdPattern },
    },
    oneOf: [{ required: ['agent_id', 'region'] }, { required: ['agent_type'] }],
  },
  response: {
    200: {
      type: 'object',
      required: ['states'],
      properties: {
        states: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              agentId: { type: 'string' },
              agentType: { type: 'string' },
              region: { type: 'string' },
              policyVersion: { type: 'integer' },
              trainingSteps: { type: 'integer' },
              meanReward: { type: ['number', 'null'] },
              updatedAt: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
  },
};

const select =
  'SELECT agent_id, agent_type, region, policy_version, training_steps, mean_reward, updated_at FROM agent_states';

export const stateOfAgentText = `${select} WHERE agent_id = $1 AND region = $2 ORDER BY updated_at DESC, id DESC LIMIT 1`;

export const statesOfTypeText = `${select} WHERE agent_type = $1 ORDER BY updated_at DESC, id DESC LIMIT ${shown_max}`;

interface AgentStatesOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

export function registerAgentStates(server: FastifyInstance, { postgres, authentication }: AgentStatesOptions): void {
  server.get<{ Querystring: StateQuery }>(
    '/api/v1/agent-states',
    { schema, onRequest: authentication.require('viewer') },
    async ({ query: { agent_id, region, agent_type } }) => {
      const statement =
        agent_type !== undefined
          ? { name: 'states-of-type', text: statesOfTypeText, values: [agent_type] }
          : { name: 'state-of-agent', text: stateOfAgentText, values: [agent_id, region] };
      const { rows } = await askOf('PostgreSQL', isPostgresAway, postgres.query<StateRow>(statement));
      return {
        states: rows.map((row) => ({
          agentId: row.agent_id,
          agentType: row.agent_type,
          region: row.region,
          policyVersion: row.policy_version,
          trainingSteps: Number(row.training_steps),
          meanReward: row.mean_reward,
          updatedAt: row.updated_at.toISOString(),
        })),
      };
    },
  );
}
