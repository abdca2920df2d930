/** Which evaluations are asked for: the query string of the history, validated, with every fault named. */
import { type FieldFault, Problem } from '../services/dashboard-api/problem-details.ts';
import { agentIdPattern, regionPattern } from '../services/jobs.ts';
import { type Cursor, cursor_maxLength, decodeCursor } from './cursor.ts';

export const limit_max = 100;
/** Every row before the page is read and thrown away: further back only by the cursor of `Link`. */
export const offset_max = 10_000;

export interface PageQuery {
  readonly agent_id?: string;
  readonly region?: string;
  readonly status?: 'completed' | 'failed';
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly offset?: string;
  readonly cursor?: string;
}

export interface PageRequest {
  readonly agentId?: string;
  readonly region?: string;
  readonly status?: 'completed' | 'failed';
  /** The first moment that counts. */
  readonly from?: Date;
  /** The first that does not count any more. */
  readonly to?: Date;
  readonly limit: number;
  readonly offset: number;
  readonly after?: Cursor;
}

const wholeNumber = { type: 'string', pattern: '^[0-9]{1,9}$' };
const moment = { type: 'string', format: 'date-time', maxLength: 40 };

export const pageQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    agent_id: { type: 'string', pattern: agentIdPattern },
    region: { type: 'string', pattern: regionPattern },
    status: { type: 'string', enum: ['completed', 'failed'] },
    from: { ...moment, description: 'the first moment that counts' },
    to: { ...moment, description: 'the first moment that does not count any more' },
    limit: { ...wholeNumber, description: `1 to ${limit_max}, which is the default` },
    offset: { ...wholeNumber, description: `0 to ${offset_max}; further back only by a cursor` },
    cursor: {
      type: 'string',
      minLength: 1,
      maxLength: cursor_maxLength,
      description: 'from the header Link of the page before',
    },
  },
};

/** @throws Problem `invalid-request` */
export function pageRequestOf(query: PageQuery): PageRequest {
  const errors: FieldFault[] = [];
  const fault = (field: keyof PageQuery, message: string) => {
    errors.push({ in: 'querystring', field: `/${field}`, message });
  };
  const limit = Number(query.limit ?? limit_max);
  const offset = Number(query.offset ?? 0);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const from = query.from === undefined ? undefined : new Date(query.from);
  const to = query.to === undefined ? undefined : new Date(query.to);
  if (limit < 1 || limit > limit_max) fault('limit', `must be from 1 to ${limit_max}`);
  if (offset > offset_max) fault('offset', `must be at most ${offset_max}; follow the header Link to go further back`);
  if (query.cursor !== undefined && after === undefined) fault('cursor', 'is not one that this API gave');
  if (query.cursor !== undefined && query.offset !== undefined) fault('offset', 'does not go together with a cursor');
  if (from !== undefined && Number.isNaN(from.getTime())) fault('from', 'is not a moment');
  if (to !== undefined && Number.isNaN(to.getTime())) fault('to', 'is not a moment');
  if (from !== undefined && to !== undefined && from >= to) fault('to', 'must be after "from"');
  if (errors.length > 0) {
    const detail = errors.map(({ field, message }) => `querystring${field} ${message}`).join('; ');
    throw new Problem('invalid-request', detail, { errors });
  }
  return {
    ...(query.agent_id !== undefined && { agentId: query.agent_id }),
    ...(query.region !== undefined && { region: query.region }),
    ...(query.status !== undefined && { status: query.status }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    limit,
    offset,
    ...(after !== undefined && { after }),
  };
}
