/** The database as v1.0.0 has it: its tables and the two indexes that TARS-1004 found wanting. */

/** What the schema needs of a `pg` client or pool. */
export interface SchemaClient {
  query(sql: string): Promise<unknown>;
}

/** Serialises installations: `CREATE … IF NOT EXISTS` alone races with itself. */
const installationLock = 1_001_000;

/**
 * Ids of `outbox` are the sequence of the event log: whoever inserts holds the outbox lock until commit, so that id
 * order is commit order, and the sequence must never restart while an event log that has seen it lives on.
 * `outbox_relayed` holds for each channel the last event that left the outbox because it stood in the event log.
 * `payload` is `json`, not `jsonb`, so that what is published is byte for byte what was committed.
 *
 * `agent_states` keeps every state an agent was in, the newest being the present one. `key_hash` is the sha256 of an API
 * key; a key that is lost is revoked, never deleted, so that the audit log can still name it.
 */
const statements = `
CREATE TABLE IF NOT EXISTS users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin'))
);
CREATE TABLE IF NOT EXISTS agents (
  id text PRIMARY KEY,
  agent_type text NOT NULL,
  region text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS evaluations (
  id uuid PRIMARY KEY,
  agent_id text NOT NULL,
  region text NOT NULL,
  status text NOT NULL CHECK (status IN ('completed', 'failed')),
  reward double precision,
  episodes integer NOT NULL,
  duration_ms double precision NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_evaluations_agent_id ON evaluations (agent_id);
CREATE INDEX IF NOT EXISTS idx_evaluations_timestamp ON evaluations (created_at);
CREATE TABLE IF NOT EXISTS agent_states (
  id bigserial PRIMARY KEY,
  agent_id text NOT NULL,
  agent_type text NOT NULL,
  region text NOT NULL,
  policy_version integer NOT NULL,
  training_steps bigint NOT NULL,
  mean_reward double precision,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS metrics (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  region text NOT NULL,
  value double precision NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS audit_logs (
  id bigserial PRIMARY KEY,
  user_id uuid NOT NULL,
  action text NOT NULL,
  resource_type text NOT NULL,
  resource_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE TABLE IF NOT EXISTS outbox (
  id bigserial PRIMARY KEY,
  channel text NOT NULL,
  payload json NOT NULL
);
CREATE TABLE IF NOT EXISTS outbox_relayed (
  channel text PRIMARY KEY,
  id bigint NOT NULL
);
`;

/** Installs v1.0.0's schema, all or nothing; does nothing where it stands already. */
export async function installSchema(client: SchemaClient): Promise<void> {
  // Several statements in one simple query are one transaction, so this is safe on a pool as well.
  await client.query(`SELECT pg_advisory_xact_lock(${installationLock}); ${statements}`);
}
