/** The statement that reads a page of evaluations: one text for each combination of filters, so that its plan is kept. */
import { evaluationColumns } from '../services/dashboard-api/evaluation.ts';
import type { PageRequest } from './page-request.ts';

export interface PageStatement {
  /** Of the prepared statement; the same for the same text. At most 64 of them. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | number | Date)[];
}

/** Reads one row more than the page holds, which tells whether another page follows. */
export function pageStatement(request: PageRequest): PageStatement {
  const values: (string | number | Date)[] = [];
  const value = (one: string | number | Date) => `$${values.push(one)}`;
  const conditions: string[] = [];
  const filters: string[] = [];
  const where = (filter: string, condition: string) => {
    filters.push(filter);
    conditions.push(condition);
  };
  const { agentId, region, status, from, to, after } = request;
  if (agentId !== undefined) where('agent', `agent_id = ${value(agentId)}`);
  if (region !== undefined) where('region', `region = ${value(region)}`);
  // A literal: a generic plan of a parameter could not use an index of some statuses only.
  if (status !== undefined) where(status, `status = '${status}'`);
  if (from !== undefined) where('from', `created_at >= ${value(from)}`);
  if (to !== undefined) where('to', `created_at < ${value(to)}`);
  if (after !== undefined) {
    const moment = `timestamptz 'epoch' + ${value(after.createdAt_us)}::bigint * interval '1 microsecond'`;
    where('after', `(created_at, id) < (${moment}, ${value(after.id)}::uuid)`);
  }
  const limit = value(request.limit + 1);
  const offset = request.offset > 0 ? ` OFFSET ${value(request.offset)}` : '';
  return {
    name: ['evaluations', ...filters, ...(offset === '' ? [] : ['offset'])].join('-'),
    text: `SELECT ${evaluationColumns}, (extract(epoch FROM created_at) * 1000000)::bigint::text AS created_at_us
FROM evaluations${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}
ORDER BY created_at DESC, id DESC LIMIT ${limit}${offset}`,
    values,
  };
}
