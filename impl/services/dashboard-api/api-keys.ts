/** `/api/v1/api-keys`: a user's own keys, which open the API to programs. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { type ApiKey, apiKeysOf, issueApiKey, keysPerUser_max, revokeApiKey } from '../api-keys.ts';
import { uuidPattern } from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf, Problem } from './problem-details.ts';

const shown = {
  id: { type: 'string', format: 'uuid' },
  name: { type: 'string' },
  prefix: { type: 'string', description: 'how the key begins; the rest is not kept' },
  createdAt: { type: 'string', format: 'date-time' },
};

const schemas = {
  issue: {
    summary: 'Issue an API key',
    body: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string', minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]+$' } },
    },
    response: {
      201: {
        type: 'object',
        required: ['id', 'name', 'prefix', 'createdAt', 'key'],
        properties: { ...shown, key: { type: 'string', description: 'for the header X-API-Key; never shown again' } },
      },
    },
  },
  list: {
    summary: 'Your API keys in use, newest first',
    querystring: { type: 'object', additionalProperties: false, properties: {} },
    response: {
      200: {
        type: 'object',
        required: ['apiKeys'],
        properties: { apiKeys: { type: 'array', items: { type: 'object', properties: shown } } },
      },
    },
  },
  revoke: {
    summary: 'Revoke an API key: it opens nothing any more',
    params: { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: uuidPattern } } },
    response: { 204: { type: 'null' } },
  },
};

interface ApiKeysOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

function inWords({ createdAt, ...same }: ApiKey) {
  return { ...same, createdAt: createdAt.toISOString() };
}

export function registerApiKeys(server: FastifyInstance, { postgres, authentication }: ApiKeysOptions): void {
  const onRequest = authentication.require('viewer');

  server.post<{ Body: { name: string } }>(
    '/api/v1/api-keys',
    { schema: schemas.issue, onRequest },
    async ({ user, body }, reply) => {
      const issued = await askOf('PostgreSQL', isPostgresAway, issueApiKey(postgres, user.subject, body.name));
      if (issued === undefined) {
        throw new Problem('too-many-keys', `${keysPerUser_max} keys are in use; revoke one first`);
      }
      return reply.code(201).send({ ...inWords(issued), key: issued.key });
    },
  );

  server.get('/api/v1/api-keys', { schema: schemas.list, onRequest }, async ({ user }) => {
    const keys = await askOf('PostgreSQL', isPostgresAway, apiKeysOf(postgres, user.subject));
    return { apiKeys: keys.map(inWords) };
  });

  server.delete<{ Params: { id: string } }>(
    '/api/v1/api-keys/:id',
    { schema: schemas.revoke, onRequest },
    async ({ user, params }, reply) => {
      const revoked = await askOf('PostgreSQL', isPostgresAway, revokeApiKey(postgres, user.subject, params.id));
      if (!revoked) throw new Problem('not-found', 'you have no API key with this id in use');
      return reply.code(204).send(null);
    },
  );
}
