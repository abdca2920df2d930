/**
 * The queries that the eleven indexes are there for, as the product writes them, each about what costs it most: the
 * busiest agent, the middle of its history.
 */
import { agentOf, apiKeyOf, userIdOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { AGENT_TYPES, DATA_END, DAYS, type DataSize, REGIONS } from '../../fixtures/evaluation-data/parameters.ts';
import { encodeCursor } from '../../impl/database/cursor.ts';
import { type PageQuery, pageRequestOf } from '../../impl/database/page-request.ts';
import { pageStatement } from '../../impl/database/page-statement.ts';
import { apiKeysOfText, hashOf, userOfApiKeyText } from '../../impl/services/api-keys.ts';
import { stateOfAgentText, statesOfTypeText } from '../../impl/services/dashboard-api/agent-states.ts';
import { auditOfResourceText, auditOfUserText } from '../../impl/services/dashboard-api/audit-logs.ts';
import { summaryText } from '../../impl/services/dashboard-api/evaluation-summary.ts';
import { metricSummaryText, seriesText } from '../../impl/services/dashboard-api/metric-values.ts';

export type Value = string | number | Date | Buffer;

export interface ListedQuery {
  readonly says: string;
  /** The index that is to answer it. */
  readonly index: string;
  readonly text: string;
  readonly values: readonly Value[];
}

const day_ms = 24 * 60 * 60 * 1000;
const middle = new Date(DATA_END.getTime() - (DAYS / 2) * day_ms);
/** A cursor need not be of a row that is there: what counts is where it stands. */
const cursor = encodeCursor({ createdAt_us: `${middle.getTime()}000`, id: '80000000-0000-4000-8000-000000000000' });
const lastDay = { from: new Date(DATA_END.getTime() - day_ms), to: DATA_END };

const agent_id = agentOf(1);
const region = REGIONS[0];

function page(index: string, says: string, query: PageQuery): ListedQuery {
  const { text, values } = pageStatement(pageRequestOf(query));
  return { says, index, text, values };
}

/** In the order of the indexes. */
export function listedQueries({ users }: Pick<DataSize, 'users'>): ListedQuery[] {
  const user = userIdOf(Math.min(3, users));
  return [
    page('idx_evaluations_agent_region_time', 'first page of an agent', { agent_id }),
    page('idx_evaluations_agent_region_time', 'page of an agent by cursor', { agent_id, cursor }),
    page('idx_evaluations_agent_region_time', 'page of an agent by offset', { agent_id, offset: '200' }),
    page('idx_evaluations_agent_region_time', 'page of an agent up to a moment', {
      agent_id,
      to: middle.toISOString(),
    }),
    page('idx_evaluations_status_time', 'first page of what failed', { status: 'failed' }),
    page('idx_evaluations_status_time', 'page of what failed by cursor', { status: 'failed', cursor }),
    page('idx_evaluations_agent_region_created', 'first page of an agent in a region', { agent_id, region }),
    page('idx_evaluations_agent_region_created', 'page of an agent in a region by cursor', {
      agent_id,
      region,
      cursor,
    }),
    {
      says: 'summary of an agent in a region',
      index: 'idx_evaluations_agent_region_created',
      text: summaryText,
      values: [agent_id, region, lastDay.from, lastDay.to],
    },
    {
      says: 'latest state of an agent in a region',
      index: 'idx_agent_states_agent_region_updated',
      text: stateOfAgentText,
      values: [agent_id, region],
    },
    {
      says: 'latest states of a type of agent',
      index: 'idx_agent_states_type_updated',
      text: statesOfTypeText,
      values: [AGENT_TYPES[0]],
    },
    {
      says: 'series of a metric in a region',
      index: 'idx_metrics_name_region_time',
      text: seriesText,
      values: ['metric_1', region, lastDay.from, lastDay.to],
    },
    {
      says: 'summary of a metric',
      index: 'idx_metrics_name_time',
      text: metricSummaryText,
      values: ['metric_1', lastDay.from, lastDay.to],
    },
    { says: 'what a user did', index: 'idx_audit_logs_user_time', text: auditOfUserText, values: [user] },
    {
      says: 'what was done to a resource',
      index: 'idx_audit_logs_resource',
      text: auditOfResourceText,
      values: ['agent', 'resource-1'],
    },
    {
      says: 'whose key it is',
      index: 'idx_api_keys_hash_active',
      text: userOfApiKeyText,
      values: [hashOf(apiKeyOf(1))],
    },
    { says: "a user's keys in use", index: 'idx_api_keys_user_active', text: apiKeysOfText, values: [user] },
  ];
}
