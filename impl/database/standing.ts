/** How the eleven indexes stand in a database: by what PostgreSQL's catalogue says, never by a name alone. */
import type { ClientBase } from 'pg';
import { type IndexDefinition, indexedTables, indexes } from './indexes.ts';

/**
 * `invalid` is what a build that failed or was killed leaves behind: it is maintained by every write and used by no
 * query, and `CREATE INDEX IF NOT EXISTS` would pass it over for good. `other` is something else of that name.
 */
export type IndexState = 'missing' | 'building' | 'invalid' | 'valid' | 'other';

export interface IndexStanding {
  readonly index: IndexDefinition;
  readonly state: IndexState;
  /** What has the name; `undefined` if nothing has. */
  readonly found: string | undefined;
  readonly size_bytes: number;
  /** Scans since the statistics were last reset. */
  readonly scans: number;
}

interface Row {
  name: string;
  kind: string;
  valid: boolean | null;
  building: boolean;
  found: string | null;
  expected_schema: string;
  size_bytes: string;
  scans: string | null;
}

const query = `
SELECT c.relname AS name, c.relkind AS kind, i.indisvalid AND i.indisready AS valid,
  EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid) AS building,
  pg_get_indexdef(i.indexrelid) AS found, format('%I', n.nspname) AS expected_schema,
  pg_relation_size(c.oid) AS size_bytes, s.idx_scan AS scans
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = c.oid
WHERE n.nspname = current_schema() AND c.relname = ANY($1)`;

/** In the order of `indexes`. Looks into the current schema. */
export async function standingOf(client: ClientBase): Promise<IndexStanding[]> {
  const { rows } = await client.query<Row>(query, [indexes.map(({ name }) => name)]);
  return indexes.map((index) => {
    const row = rows.find(({ name }) => name === index.name);
    if (row === undefined) return { index, state: 'missing', found: undefined, size_bytes: 0, scans: 0 };
    return {
      index,
      state: stateOf(index, row),
      found: row.found ?? `a relation of kind "${row.kind}"`,
      size_bytes: Number(row.size_bytes),
      scans: Number(row.scans ?? 0),
    };
  });
}

function stateOf({ name, table, definition }: IndexDefinition, row: Row): IndexState {
  if (row.found !== `CREATE INDEX ${name} ON ${row.expected_schema}.${table} ${definition}`) return 'other';
  if (row.building) return 'building';
  return row.valid ? 'valid' : 'invalid';
}

/** The tables that the indexes need and the current schema does not have. */
export async function missingTables(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name
     WHERE NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = name)`,
    [indexedTables],
  );
  return rows.map(({ name }) => name);
}
