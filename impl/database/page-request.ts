/** Which evaluations are asked for: the query string of the history, validated, with every fault named. */
import {
  readSpan,
  refuseFaults,
  type SpanQuery,
  spanProperties,
  type TimeSpan,
} from '../services/dashboard-api/time-span.ts';
import { agentIdPattern, regionPattern } from '../services/jobs.ts';
import { type Cursor, cursor_maxLength, decodeCursor } from './cursor.ts';

export const limit_max = 100;
/** Every row before the page is read and thrown away: further back only by the cursor of `Link`. */
export const offset_max = 10_000;

export interface PageQuery extends SpanQuery {
  readonly agent_id?: string;
  readonly region?: string;
  readonly status?: 'completed' | 'failed';
  readonly limit?: string;
  readonly offset?: string;
  readonly cursor?: string;
}

export interface PageRequest extends TimeSpan {
  readonly agentId?: string;
  readonly region?: string;
  readonly status?: 'completed' | 'failed';
  readonly limit: number;
  readonly offset: number;
  readonly after?: Cursor;
}

const wholeNumber = { type: 'string', pattern: '^[0-9]{1,9}$' };

export const pageQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    agent_id: { type: 'string', pattern: agentIdPattern },
    region: { type: 'string', pattern: regionPattern },
    status: { type: 'string', enum: ['completed', 'failed'] },
    ...spanProperties,
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
  const { span, faults } = readSpan(query);
  const fault = (field: keyof PageQuery, message: string) => {
    faults.push({ in: 'querystring', field: `/${field}`, message });
  };
  const limit = Number(query.limit ?? limit_max);
  const offset = Number(query.offset ?? 0);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  if (limit < 1 || limit > limit_max) fault('limit', `must be from 1 to ${limit_max}`);
  if (offset > offset_max) fault('offset', `must be at most ${offset_max}; follow the header Link to go further back`);
  if (query.cursor !== undefined && after === undefined) fault('cursor', 'is not one that this API gave');
  if (query.cursor !== undefined && query.offset !== undefined) fault('offset', 'does not go together with a cursor');
  refuseFaults(faults);
  return {
    ...(query.agent_id !== undefined && { agentId: query.agent_id }),
    ...(query.region !== undefined && { region: query.region }),
    ...(query.status !== undefined && { status: query.status }),
    ...span,
    limit,
    offset,
    ...(after !== undefined && { after }),
  };
}
