/** Which of the eleven indexes the service used: every endpoint they are there for is asked, and PostgreSQL counts. */
import pg from 'pg';
import { login } from '../../fixtures/api-client.ts';
import { agentOf, apiKeyOf, userIdOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { AGENT_TYPES, DATA_END, REGIONS } from '../../fixtures/evaluation-data/parameters.ts';
import type { DashboardServices } from '../../fixtures/stacks/dashboard.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { indexes } from '../../impl/database/indexes.ts';

const RESPONSE_MS = 10_000;
/** A session tells of its scans at the end of a query, once a second at most: so the queries are asked again meanwhile. */
const TOLD_MS = 20_000;

const agent_id = agentOf(1);
const region = REGIONS[0];
const from = new Date(DATA_END.getTime() - 86_400_000).toISOString();
const to = DATA_END.toISOString();

const QUERIES: readonly (readonly [path: string, query: Readonly<Record<string, string>>])[] = [
  ['evaluations', { agent_id }],
  ['evaluations', { agent_id, region }],
  ['evaluations', { status: 'failed' }],
  ['evaluations/summary', { agent_id, region, from, to }],
  ['agent-states', { agent_id, region }],
  ['agent-states', { agent_type: AGENT_TYPES[0] }],
  ['metric-values', { name: 'metric_1', region, from, to }],
  ['metric-values/summary', { name: 'metric_1', from, to }],
  ['audit-logs', { user_id: userIdOf(1) }],
  ['audit-logs', { resource_type: 'agent', resource_id: 'resource-1' }],
  ['api-keys', {}],
];

/** Names of the indexes that no query of the service has scanned. */
export async function unscannedIndexes(stack: DashboardServices, signal: AbortSignal): Promise<string[]> {
  const token = await login(stack, 'admin');
  const ask = async (path: string, query: Readonly<Record<string, string>>, headers: Record<string, string>) => {
    const url = new URL(`/api/v1/${path}?${new URLSearchParams(query)}`, stack.api.address);
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(RESPONSE_MS)]),
    });
    await response.arrayBuffer();
  };
  const client = new pg.Client({
    connectionString: stack.postgresUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    const names = indexes.map(({ name }) => name);
    let unscanned: string[] = [];
    await waitUntil(
      'the scans to be told',
      async () => {
        for (const [path, query] of QUERIES) await ask(path, query, { authorization: `Bearer ${token}` });
        await ask('api-keys', {}, { 'x-api-key': apiKeyOf(1) });
        const { rows } = await client.query<{ name: string }>(
          'SELECT indexrelname AS name FROM pg_stat_user_indexes WHERE idx_scan > 0 AND indexrelname = ANY ($1)',
          [names],
        );
        unscanned = names.filter((name) => !rows.some((row) => row.name === name));
        return unscanned.length === 0;
      },
      { timeout_ms: TOLD_MS, signal },
    ).catch((error) => {
      signal.throwIfAborted();
      if (unscanned.length === 0) throw error;
    });
    return unscanned;
  } finally {
    await client.end();
  }
}
