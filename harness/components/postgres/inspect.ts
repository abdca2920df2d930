/** What a PostgreSQL server says of itself. */
import { Client } from 'pg';

/** The oldest version whose logical replication has all that a ledger needs (`pgoutput` with streaming). */
export const MAJOR_MIN = 14;

const TIMEOUT_MS = 5_000;

export interface PostgresFacts {
  /** `15.18` */
  readonly version: string;
  readonly major: number;
  readonly walLevel: string;
  readonly user: string;
  /** Whether the user may create databases and replication slots. */
  readonly isAllowedEnough: boolean;
}

/** The version in `postgres (PostgreSQL) 15.18 (Debian …)` or in `18beta1`. Throws when there is none. */
export function parsePostgresVersion(text: string): { readonly version: string; readonly major: number } {
  const match = /\b(\d+)(?:\.\d+|beta\d+|rc\d+|devel)?/.exec(text);
  if (!match) throw new Error(`expected the version of a PostgreSQL server, got ${JSON.stringify(text)}`);
  return { version: match[0], major: Number(match[1]) };
}

/** Connects and asks, within 5 s each. Throws what `pg` throws. */
export async function inspectPostgres(url: string): Promise<PostgresFacts> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  client.on('error', () => {}); // The query in flight rejects.
  try {
    await client.connect();
    const { rows } = await client.query(`
      SELECT current_setting('server_version') AS version, current_setting('wal_level') AS wal_level, rolname AS role,
             rolsuper OR (rolcreatedb AND rolreplication) AS is_allowed_enough
      FROM pg_roles WHERE rolname = current_user`);
    const { version, wal_level, role, is_allowed_enough } = rows[0];
    return { ...parsePostgresVersion(version), walLevel: wal_level, user: role, isAllowedEnough: is_allowed_enough };
  } finally {
    await client.end().catch(() => {});
  }
}
