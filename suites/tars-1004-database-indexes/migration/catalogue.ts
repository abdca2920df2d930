/** What the database itself says of its indexes, tables and rows; nothing of it is asked of the migrator. */
import type pg from 'pg';
import { indexedTables, indexes } from '../../../impl/database/indexes.ts';

/**
 * Everything of the schema that a dump of it would say, a line each: columns, constraints, indexes with whether they are
 * whole, sequences. The catalogue and not `pg_dump`, which no npm package brings, and which refuses a newer server.
 */
export async function schemaOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s%s default %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid), a.attstorage) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'v', 'm', 'p') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('%s %s on %s valid=%s', conname, pg_get_constraintdef(oid), conrelid::regclass, convalidated)
      FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('%s valid=%s ready=%s live=%s options=%s', pg_get_indexdef(indexrelid), indisvalid, indisready, indislive,
        c.reloptions)
      FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('%s of kind %s, owned by %s, options %s', relname, relkind, relowner::regrole, reloptions)
      FROM pg_class WHERE relkind <> 'i' AND relnamespace = current_schema()::regnamespace
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

/** What stands in one of two lists only, told from which. */
export function differencesOf(expected: readonly string[], found: readonly string[]): string[] {
  return [
    ...expected.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `added: ${line}`),
  ];
}

/** How many rows a table has, and a sum over their contents that no lost, added or changed row leaves as it was. */
export async function fingerprintOf(client: pg.ClientBase, table: string): Promise<string> {
  const { rows } = await client.query<{ says: string }>(
    `SELECT count(*) || ' rows ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS says FROM ${table} t`,
  );
  return rows[0]?.says as string;
}

/** By table: how many rows. */
export async function countRows(client: pg.ClientBase): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of indexedTables) {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    counts.set(table, rows[0]?.count as number);
  }
  return counts;
}

/** Lets `corruptionsOf` be asked. @throws Error that says what the server lacks */
export async function installAmcheck(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS amcheck');
  } catch (cause) {
    throw new Error(
      'expected a PostgreSQL server with the extension amcheck, which it comes with from its sources and in the package postgresql-contrib; install that, or unset TARS_POSTGRES_URL to use another server',
      { cause },
    );
  }
}

/**
 * What is wrong with the indexes of these names: an order that is broken, a row of the table that is not in the index.
 * @see https://www.postgresql.org/docs/current/amcheck.html
 */
export async function corruptionsOf(
  client: pg.ClientBase,
  names: readonly string[] = indexes.map(({ name }) => name),
): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    try {
      await client.query('SELECT bt_index_check($1::regclass, heapallindexed => true)', [name]);
    } catch (error) {
      found.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

/** By name, in bytes. */
export async function sizesOf(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT relname AS name, pg_relation_size(oid) AS bytes FROM pg_class
     WHERE relname = ANY ($1) AND relnamespace = current_schema()::regnamespace`,
    [indexes.map(({ name }) => name)],
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}
