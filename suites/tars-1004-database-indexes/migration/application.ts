/**
 * The application while it is migrated: reads and writes of all five tables that get an index, open-loop. Each operation
 * is due at a moment laid down beforehand, which no answer moves: a closed loop would send less while it is blocked, and
 * so hide it (coordinated omission: G. Tene).
 *
 * Its reads are the product's own statements. Of what the indexes are on, T.A.R.S.' services themselves write only
 * evaluations, keys and audit logs, which is why this writes in their place.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
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

export const APPLICATION = 'application';
const CONNECTIONS = 8;
/** Of one statement, and of the wait for a connection; so no more operations wait than are due in that time. */
const PATIENCE_ms = 10_000;
const day_ms = 86_400_000;

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

interface Table {
  readonly name: string;
  read(pick: Pick): Statement;
  write(pick: Pick): Statement;
}

/** Draws whole numbers from 1 to `of`. */
type Pick = (of: number) => number;

export interface ApplicationOptions {
  readonly url: string;
  readonly size: DataSize;
  readonly random: () => number;
}

export class Application {
  readonly #pool: pg.Pool;
  readonly #tables: readonly Table[];
  readonly #pick: Pick;
  readonly #commits_ms = new Map<string, number[]>();
  readonly #failures: string[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #operations = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor({ url, size, random }: ApplicationOptions) {
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: APPLICATION,
      max: CONNECTIONS,
      connectionTimeoutMillis: PATIENCE_ms,
      query_timeout: PATIENCE_ms,
    });
    this.#pool.on('error', () => {}); // The next query fails, and tells.
    this.#pick = (of) => 1 + Math.floor(of * random());
    this.#tables = tablesOf(size);
  }

  /** What failed, one line each. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Reads and writes so far. */
  get operations(): number {
    return this.#operations;
  }

  /** When each write of a table was answered, ascending, by `performance.now()`. */
  commits_ms(table: string): readonly number[] {
    return this.#commits_ms.get(table) ?? [];
  }

  /** Operations a second that are answered when every connection sends the next as soon as it has its answer. */
  async capacity_per_s(duration_ms: number): Promise<number> {
    const [began_ms, before] = [performance.now(), this.#operations];
    const untilOver = async () => {
      while (performance.now() - began_ms < duration_ms) await this.#operate();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, untilOver));
    return (1_000 * (this.#operations - before)) / (performance.now() - began_ms);
  }

  /** Begins the open-loop load, which `stop` ends. */
  start(rate_per_s: number): void {
    const began_ms = performance.now();
    let begun = 0;
    const send = () => {
      for (; begun < ((performance.now() - began_ms) * rate_per_s) / 1_000; begun += 1) {
        const operation = this.#operate().finally(() => this.#underWay.delete(operation));
        this.#underWay.add(operation);
      }
      const next_ms = began_ms + (begun * 1_000) / rate_per_s - performance.now();
      this.#timer = setTimeout(send, Math.max(0, next_ms));
    };
    send();
  }

  /** Resolves when everything that was sent is answered and every session has ended. May be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
    await this.#pool.end();
  }

  /** A write into one of the tables and then a read of it; the tables take turns. Never rejects. */
  async #operate(): Promise<void> {
    const table = this.#tables[this.#operations++ % this.#tables.length] as Table;
    try {
      const commits_ms = this.#commits_ms.get(table.name) ?? [];
      this.#commits_ms.set(table.name, commits_ms);
      const { text, values } = table.write(this.#pick);
      await this.#pool.query(text, values);
      commits_ms.push(performance.now());
      const read = table.read(this.#pick);
      await this.#pool.query(read.text, read.values);
    } catch (error) {
      this.#failures.push(`${table.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function tablesOf(size: DataSize): readonly Table[] {
  const regionOf = (pick: Pick) => REGIONS[pick(REGIONS.length) - 1];
  /** The key written before this one is revoked by it: an update that enters and leaves a partial index. */
  let lastKey: string | null = null;
  return [
    {
      name: 'evaluations',
      // As v1.0.0 asks: everything the agent ever did.
      read: (pick) => ({
        text: `SELECT ${evaluationColumns} FROM evaluations WHERE agent_id = $1 ORDER BY created_at DESC`,
        values: [agentOf(pick(size.agents))],
      }),
      write: (pick) => ({
        text: `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
          VALUES ($1, $2, $3, $4, 1, 1, 1)`,
        values: [randomUUID(), agentOf(pick(size.agents)), regionOf(pick), pick(2) === 1 ? 'failed' : 'completed'],
      }),
    },
    {
      name: 'agent_states',
      read: (pick) => ({ text: stateOfAgentText, values: [agentOf(pick(size.agents)), regionOf(pick)] }),
      write: (pick) => ({
        text: `INSERT INTO agent_states (agent_id, agent_type, region, policy_version, training_steps)
          VALUES ($1, $2, $3, 1, 1)`,
        values: [agentOf(pick(size.agents)), AGENT_TYPES[pick(AGENT_TYPES.length) - 1], regionOf(pick)],
      }),
    },
    {
      name: 'metrics',
      read: (pick) => ({
        text: seriesText,
        values: [`metric_${pick(METRIC_NAMES)}`, regionOf(pick), new Date(DATA_END.getTime() - day_ms), DATA_END],
      }),
      write: (pick) => ({
        text: 'INSERT INTO metrics (name, region, value) VALUES ($1, $2, 1)',
        values: [`metric_${pick(METRIC_NAMES)}`, regionOf(pick)],
      }),
    },
    {
      name: 'audit_logs',
      read: (pick) => ({ text: auditOfUserText, values: [userIdOf(pick(size.users))] }),
      write: (pick) => ({
        text: `INSERT INTO audit_logs (user_id, action, resource_type, resource_id) VALUES ($1, 'read', 'agent', $2)`,
        values: [userIdOf(pick(size.users)), `resource-${pick(100)}`],
      }),
    },
    {
      name: 'api_keys',
      read: (pick) => ({ text: userOfApiKeyText, values: [hashOf(apiKeyOf(pick(size.apiKeys)))] }),
      write: (pick) => {
        const [id, revoked] = [randomUUID(), lastKey];
        lastKey = id;
        return {
          text: `WITH revoked AS (UPDATE api_keys SET revoked_at = now() WHERE id = $5)
            INSERT INTO api_keys (id, user_id, name, prefix, key_hash) VALUES ($1, $2, 'key', $3, $4)`,
          values: [id, userIdOf(pick(size.users)), `tars_${id.slice(0, 8)}`, hashOf(id), revoked],
        };
      },
    },
  ];
}
