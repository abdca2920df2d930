/** What PostgreSQL says of how it answered a query, and what of that is not as it should be. */
import type pg from 'pg';
import { z } from 'zod';
import type { ListedQuery, Value } from './listed-queries.ts';

export const PLAN_MODES = ['force_custom_plan', 'force_generic_plan'] as const;
export type PlanMode = (typeof PLAN_MODES)[number];

/** A node of a plan that was carried out, as `EXPLAIN (ANALYZE, FORMAT JSON)` tells of it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Heap Fetches'?: number | undefined;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const nodeSchema: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Index Name': z.string().optional(),
  'Relation Name': z.string().optional(),
  'Heap Fetches': z.number().optional(),
  'Rows Removed by Filter': z.number().optional(),
  'Shared Hit Blocks': z.number(),
  'Shared Read Blocks': z.number(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
const answerSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema })]) })]);

/** Carries the query out as a prepared statement, whose plan is made for its values or for any. Throws what `pg` throws. */
export async function planOf(
  client: pg.ClientBase,
  { text, values }: Pick<ListedQuery, 'text' | 'values'>,
  mode: PlanMode,
): Promise<PlanNode> {
  await client.query(`SET plan_cache_mode = ${mode}`);
  await client.query(`PREPARE listed AS ${text}`);
  try {
    const given = values.map((value) => client.escapeLiteral(textOf(value))).join(', ');
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT JSON) EXECUTE listed (${given})`,
    );
    return answerSchema.parse(rows)[0]['QUERY PLAN'][0].Plan;
  } finally {
    await client.query('DEALLOCATE listed');
  }
}

function textOf(value: Value): string {
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value);
}

/**
 * What is wrong with the plan of a query that `index` is there for: another way in, rows read and thrown away, rows put
 * in order that the index holds in order already. With `indexOnly` the table may not have been looked at either.
 */
export function faultsOf(plan: PlanNode, index: string, indexOnly: boolean): string[] {
  const nodes = [...nodesOf(plan)];
  const scan = nodes.find((node) => node['Index Name'] === index);
  const removed = scan?.['Rows Removed by Filter'] ?? 0;
  return [
    ...(scan === undefined ? [`${index} is not used: ${nodes.map(nameOf).join(' < ')}`] : []),
    ...nodes.filter((node) => node['Node Type'].endsWith('Seq Scan')).map((node) => `${nameOf(node)} reads all`),
    ...nodes
      .filter((node) => node['Node Type'].endsWith('Sort'))
      .map((node) => `rows are put in order: ${nameOf(node)}`),
    ...(removed > 0 ? [`${removed} rows are read and thrown away`] : []),
    ...(indexOnly && scan !== undefined && scan['Heap Fetches'] !== 0
      ? [`${scan['Node Type']} looks at the table (heap fetches: ${scan['Heap Fetches'] ?? 'each row'})`]
      : []),
  ];
}

/** Blocks of 8 KiB that the whole plan touched, in memory or not. */
export function blocksOf(plan: PlanNode): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const inner of node.Plans ?? []) yield* nodesOf(inner);
}

function nameOf(node: PlanNode): string {
  return [node['Node Type'], node['Index Name'] ?? node['Relation Name']].filter(Boolean).join(' on ');
}
