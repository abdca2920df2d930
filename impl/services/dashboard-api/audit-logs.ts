/** `GET /api/v1/audit-logs`: what a user did, or what was done to a resource. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { uuidPattern } from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf } from './problem-details.ts';

const shown_max = 100;

interface AuditRow {
  id: string;
  user_id: string;
  action: string;
  resource_type: string;
  resource_id: string;
  created_at: Date;
}

interface AuditQuery {
  user_id?: string;
  resource_type?: string;
  resource_id?: string;
}

const name = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' };

const schema = {
  summary: `The newest ${shown_max} entries of the audit log about a user, or about a resource`,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { user_id: { type: 'string', pattern: uuidPattern }, resource_type: name, resource_id: name },
    oneOf: [{ required: ['user_id'] }, { required: ['resource_type', 'resource_id'] }],
  },
  response: {
    200: {
      type: 'object',
      required: ['entries'],
      properties: {
        entries: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string' },
              userId: { type: 'string', format: 'uuid' },
              action: { type: 'string' },
              resourceType: { type: 'string' },
              resourceId: { type: 'string' },
              createdAt: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
  },
};

const select = 'SELECT id, user_id, action, resource_type, resource_id, created_at FROM audit_logs';
const newest = `ORDER BY created_at DESC, id DESC LIMIT ${shown_max}`;

export const auditOfUserText = `${select} WHERE user_id = $1 ${newest}`;

export const auditOfResourceText = `${select} WHERE resource_type = $1 AND resource_id = $2 ${newest}`;

interface AuditLogsOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

export function registerAuditLogs(server: FastifyInstance, { postgres, authentication }: AuditLogsOptions): void {
  server.get<{ Querystring: AuditQuery }>(
    '/api/v1/audit-logs',
    { schema, onRequest: authentication.require('admin') },
    async ({ query: { user_id, resource_type, resource_id } }) => {
      const statement =
        user_id !== undefined
          ? { name: 'audit-of-user', text: auditOfUserText, values: [user_id] }
          : { name: 'audit-of-resource', text: auditOfResourceText, values: [resource_type, resource_id] };
      const { rows } = await askOf('PostgreSQL', isPostgresAway, postgres.query<AuditRow>(statement));
      return {
        entries: rows.map((row) => ({
          id: row.id,
          userId: row.user_id,
          action: row.action,
          resourceType: row.resource_type,
          resourceId: row.resource_id,
          createdAt: row.created_at.toISOString(),
        })),
      };
    },
  );
}
