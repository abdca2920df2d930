/** What a statement that failed means to whoever runs the migrator, and what to do about it. */
import pg from 'pg';
import { MigratorError } from './migrator-error.ts';

/** `disk_full`, and `configuration_limit_exceeded`, which is what `temp_file_limit` says. */
const NO_ROOM = /^(53100|53400)$/;
/** Class 08, and the server going down or ending the session. */
const CONNECTION_GONE = /^(08|57P0[1-5])/;
const CANCELLED = '57014';

/**
 * @param what the statement, or what was being done
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function failureOf(what: string, error: unknown): MigratorError {
  const said = error instanceof Error ? error.message : String(error);
  const sqlState = error instanceof pg.DatabaseError ? (error.code ?? '') : undefined;
  if (sqlState === undefined || CONNECTION_GONE.test(sqlState)) {
    return new MigratorError(
      'MIGRATOR_NO_CONNECTION',
      `${what}: the connection is gone: ${said}. Nothing that was built before is lost; start again once PostgreSQL lets you in`,
      { cause: error },
    );
  }
  if (NO_ROOM.test(sqlState)) {
    return new MigratorError(
      'MIGRATOR_NO_SPACE',
      `${what}: the server has no room for it: ${said}. Make room there, for the index and as much again while it is sorted, or raise the limit that is named, and start again`,
      { cause: error },
    );
  }
  if (sqlState === CANCELLED) {
    return new MigratorError(
      'MIGRATOR_CANCELLED',
      `${what}: somebody cancelled it on the server (pg_cancel_backend). Start again when it may be built`,
      { cause: error },
    );
  }
  return new MigratorError(
    'MIGRATOR_REFUSED',
    `${what}: PostgreSQL refused it with SQLSTATE ${sqlState}: ${said}. Mend that and start again`,
    { cause: error },
  );
}
