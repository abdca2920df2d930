/** One session with PostgreSQL, of a check: it has a name, and each statement a deadline. */
import pg from 'pg';

export interface SessionOptions {
  /** `application_name`, by which it is known among the sessions of a database. */
  readonly name: string;
  /** Longest wait for one statement. @default 60_000 */
  readonly timeout_ms?: number;
}

/** Opens it; `await using` ends it, and with it its transaction. Throws what `pg` throws. */
export async function openSession(url: string, { name, timeout_ms = 60_000 }: SessionOptions) {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    query_timeout: timeout_ms,
  });
  client.on('error', () => {}); // The query in flight rejects.
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

export type Session = Awaited<ReturnType<typeof openSession>>;
