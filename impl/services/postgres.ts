/** How services talk to PostgreSQL: every wait bounded, and one rule for "PostgreSQL is away". */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { PoolSettings } from '../release-parts.ts';

/** Bounds of every wait for PostgreSQL. */
const waits = {
  connectionTimeoutMillis: 2_000,
  statement_timeout: 5_000,
  /** A transaction cut off from its client gives its locks back. */
  idle_in_transaction_session_timeout: 5_000,
  /** The client's own bound, for a server that no longer answers at all: longer than the statement's. */
  query_timeout: 6_000,
  keepAlive: true,
} as const;

/** A pool whose idle connections may break without taking the process along. `settings` are the release's. */
export function createPostgresPool(
  url: string,
  connections: number,
  logger: Logger,
  settings: PoolSettings = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: 'tars',
    ...waits,
    ...settings,
  });
  pool.on('error', (err) => logger.warn({ err }, 'an idle PostgreSQL connection broke'));
  // A connection that breaks while it is lent out fails its query, and would besides end the process, unheard.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Ends the pool. Connections that are lent out are waited for 500 ms and then left to the end of the process. */
export async function endPostgresPool(pool: pg.Pool): Promise<void> {
  await Promise.race([pool.end(), wait(500)]);
}

/** A connection of its own; a session that is silent for `idle_ms` is ended by the server, with the locks it holds. */
export function createPostgresClient(url: string, idle_ms: number): pg.Client {
  return new pg.Client({
    connectionString: url,
    application_name: 'tars',
    options: `-c idle_session_timeout=${idle_ms}`,
    ...waits,
  });
}

/**
 * Whether an error says that PostgreSQL cannot serve at the moment, rather than that it was asked something wrong.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html classes 08 connection, 53 resources, 57 operator
 * intervention (shutdown, statement time-out), 58 system, 28, 3D and 55000 it does not let us in, 40 rolled back, 55P03 lock
 * time-out, 25006 read-only as on a standby, 25P03 and 25P04 transaction time-out. What has no SQLSTATE comes from the
 * network or from a time-out of the driver.
 */
export function isPostgresAway(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error && !(error instanceof TypeError);
  return /^(08|53|57|58|28|3D|40|25006|25P03|25P04|55000|55P03)/.test(error.code ?? '');
}

/**
 * Whether PostgreSQL refuses the values themselves (classes 22 data, 23 constraints), as it would every time. Whatever
 * else it answers, a table that is missing or a right that is not given, another deployment or an operator can mend.
 */
export function isRefusedByPostgres(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}
