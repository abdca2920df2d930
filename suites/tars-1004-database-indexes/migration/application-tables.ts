/**
 * What the application does with each of the five tables that get an index. Its reads are the product's own statements.
 * T.A.R.S.' services themselves write only evaluations, keys and audit logs, which is why this writes in their place.
 */
import { randomUUID } from 'node:crypto';
import { agentOf, apiKeyOf, userIdOf } from '../../../fixtures/evaluation-data/fill-tables.ts';
import {
  AGENT_TYPES,
  DATA_END,
  type DataSize,
  METRIC_NAMES,
  REGIONS,
} from '../../../fixtures/evaluation-data/parameters.ts';
import { hashOf, userOfApiKeyText } from '../../../impl/services/api-keys.ts';
import { stateOfAgentText } from '../../../impl/services/dashboard-api/agent-states.ts';
import { auditOfUserText } from '../../../impl/services/dashboard-api/audit-logs.ts';
import { evaluationColumns } from '../../../impl/services/dashboard-api/evaluation.ts';
import { seriesText } from '../../../impl/services/dashboard-api/metric-values.ts';

const day_ms = 86_400_000;

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

export interface Table {
  readonly name: string;
  read(draw: Draw): Statement;
  write(draw: Draw): Statement;
}

/** Draws whole numbers from 1 to `of`. */
export type Draw = (of: number) => number;

/** In no order that matters. */
export function tablesOf(size: DataSize): readonly Table[] {
  const regionOf = (draw: Draw) => REGIONS[draw(REGIONS.length) - 1];
  /** The key written before this one is revoked by it: an update that enters and leaves a partial index. */
  let lastKey: string | null = null;
  return [
    {
      name: 'evaluations',
      // As v1.0.0 asks: everything the agent ever did.
      read: (draw) => ({
        text: `SELECT ${evaluationColumns} FROM evaluations WHERE agent_id = $1 ORDER BY created_at DESC`,
        values: [agentOf(draw(size.agents))],
      }),
      write: (draw) => ({
        text: `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
          VALUES ($1, $2, $3, $4, 1, 1, 1)`,
        values: [randomUUID(), agentOf(draw(size.agents)), regionOf(draw), draw(2) === 1 ? 'failed' : 'completed'],
      }),
    },
    {
      name: 'agent_states',
      read: (draw) => ({ text: stateOfAgentText, values: [agentOf(draw(size.agents)), regionOf(draw)] }),
      write: (draw) => ({
        text: `INSERT INTO agent_states (agent_id, agent_type, region, policy_version, training_steps)
          VALUES ($1, $2, $3, 1, 1)`,
        values: [agentOf(draw(size.agents)), AGENT_TYPES[draw(AGENT_TYPES.length) - 1], regionOf(draw)],
      }),
    },
    {
      name: 'metrics',
      read: (draw) => ({
        text: seriesText,
        values: [`metric_${draw(METRIC_NAMES)}`, regionOf(draw), new Date(DATA_END.getTime() - day_ms), DATA_END],
      }),
      write: (draw) => ({
        text: 'INSERT INTO metrics (name, region, value) VALUES ($1, $2, 1)',
        values: [`metric_${draw(METRIC_NAMES)}`, regionOf(draw)],
      }),
    },
    {
      name: 'audit_logs',
      read: (draw) => ({ text: auditOfUserText, values: [userIdOf(draw(size.users))] }),
      write: (draw) => ({
        text: `INSERT INTO audit_logs (user_id, action, resource_type, resource_id) VALUES ($1, 'read', 'agent', $2)`,
        values: [userIdOf(draw(size.users)), `resource-${draw(100)}`],
      }),
    },
    {
      name: 'api_keys',
      read: (draw) => ({ text: userOfApiKeyText, values: [hashOf(apiKeyOf(draw(size.apiKeys)))] }),
      write: (draw) => {
        const [id, revoked] = [randomUUID(), lastKey];
        lastKey = id;
        return {
          text: `WITH revoked AS (UPDATE api_keys SET revoked_at = now() WHERE id = $5)
            INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, 'key', $3, $4)`,
          values: [id, userIdOf(draw(size.users)), `tars_${id.slice(0, 8)}`, hashOf(id), revoked],
        };
      },
    },
  ];
}
