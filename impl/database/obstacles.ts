/** What makes a concurrent build wait, as it is now: told before the first statement, and when one did not come through. */
import type { ClientBase } from 'pg';
import { indexedTables } from './indexes.ts';

export interface Obstacle {
  /** `null` for a prepared transaction, which no session holds. */
  readonly pid: number | null;
  readonly says: string;
}

/** Younger transactions come and go; a build waits for them without anybody noticing. */
const LONG_TRANSACTION_s = 5;

interface Row {
  pid: number | null;
  says: string;
}

/**
 * A concurrent build waits for every transaction that might still see the table without its index, whatever tables that
 * transaction reads, and for whoever holds a lock on the table that does not go together with the build's own.
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
const query = `
SELECT pid, format('%s has had a transaction open for %s s (%s)', coalesce(nullif(application_name, ''), 'a session'),
    round(extract(epoch FROM clock_timestamp() - xact_start)), state) AS says
  FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> ALL ($1::int[]) AND backend_type <> 'autovacuum worker'
    AND clock_timestamp() - xact_start > make_interval(secs => $2)
UNION ALL
SELECT NULL, format('the prepared transaction %s has been open since %s', gid, prepared)
  FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL
SELECT l.pid, format('%s holds %s on %s', coalesce(nullif(a.application_name, ''), a.backend_type, 'a session'), l.mode, c.relname)
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.granted
    AND l.pid <> ALL ($1::int[]) AND c.relname = ANY ($3) AND c.relnamespace = current_schema()::regnamespace
    AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
ORDER BY 1, 2`;

/** `own` are the sessions that ask. */
export async function obstaclesFor(client: ClientBase, own: readonly number[]): Promise<Obstacle[]> {
  const { rows } = await client.query<Row>(query, [own, LONG_TRANSACTION_s, indexedTables]);
  return rows;
}

export function obstaclesInWords(obstacles: readonly Obstacle[]): string {
  if (obstacles.length === 0) return 'nothing that would hold it up is there now';
  return obstacles.map(({ pid, says }) => (pid === null ? says : `pid ${pid}: ${says}`)).join('; ');
}
