/** Where a drill of a migration takes place, and what each of them does there: starts migrators, waits for sessions, looks at the end. */
import type { BarePostgres } from '../../../fixtures/stacks/bare-postgres.ts';
import type { CheckContext } from '../../../harness/checks/check-definition.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';
import { differencesOf, schemaOf } from './catalogue.ts';
import { MigratorProcess, RIGHT_END } from './migrator-process.ts';
import type { Session } from './session.ts';

export const ENDS_MS = 60_000;

/** A database of its own, and what its schema is like before and after. */
export interface Site extends CheckContext<BarePostgres> {
  readonly url: string;
  readonly session: Session;
  readonly schemaBefore: readonly string[];
  readonly schemaAfter: readonly string[];
}

/** The caller ends it. */
export function start({ stack, reaper }: CheckContext<BarePostgres>, url: string, ...command: readonly string[]) {
  return MigratorProcess.start(command, { postgresUrl: url, planted: stack.planted, reaper });
}

/** That it ends right, with all indexes. */
export async function upFaults(migrator: MigratorProcess, { session, schemaAfter }: Site): Promise<string[]> {
  const end = await migrator.end(ENDS_MS);
  return [
    ...(end === RIGHT_END ? [] : [`${end}: ${migrator.said().split('\n').at(-1)}`]),
    ...differencesOf(schemaAfter, await schemaOf(session)),
  ];
}

/** Resolves when so many sessions of a name are in the state. @throws WaitTimeoutError after 30 s */
export async function sessionsThere(site: Site, name: string, condition: string, count = 1): Promise<void> {
  const there = async () => (await sessionsOf(site, name, condition)).length >= count;
  const options = { timeout_ms: 30_000, interval_ms: 20, signal: site.signal };
  await waitUntil(`${count} sessions ${name} with ${condition}`, there, options);
}

/** Their process ids. */
export async function sessionsOf({ session }: Site, name: string, condition = 'true'): Promise<number[]> {
  const { rows } = await session.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity a
     WHERE datname = current_database() AND application_name = $1 AND ${condition}`,
    [name],
  );
  return rows.map(({ pid }) => pid);
}

/** How a statement begins that changes what sessions of this database begin with. */
export function alterDatabase({ url, session }: Site): string {
  return `ALTER DATABASE ${session.escapeIdentifier(new URL(url).pathname.slice(1))}`;
}
