/** What PostgreSQL itself tells of dashboard-api's connections, and a table that nobody can read meanwhile. */
import pg from 'pg';

/** As many as dashboard-api keeps at most (`impl/services/dashboard-api/main.ts`). */
export const CONNECTIONS = 10;

/** A session of the check's own. */
export async function connectTo(postgresUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: postgresUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    application_name: 'check',
  });
  await client.connect();
  return client;
}

/** Runs `act` while no other session can read evaluations: whoever asks for them holds a connection and waits. */
export async function whileLocked<T>(postgresUrl: string, act: () => Promise<T>): Promise<T> {
  const client = await connectTo(postgresUrl);
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE evaluations IN ACCESS EXCLUSIVE MODE');
    return await act();
  } finally {
    await client.end();
  }
}

export interface Sessions {
  readonly all: number;
  /** That wait for a lock. */
  readonly waiting: number;
}

/** Sessions of services on this database. `client` is in no transaction: within one PostgreSQL tells the same each time. */
export async function sessionsOfServices(client: pg.ClientBase): Promise<Sessions> {
  const { rows } = await client.query<Sessions>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE wait_event_type = 'Lock'))::int AS waiting
     FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tars'`,
  );
  return rows[0] as Sessions;
}
