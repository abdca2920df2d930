/** What a page of the busiest agent costs while the table grows tenfold and tenfold again. */
import pg from 'pg';
import { agentOf, fillTables } from '../../fixtures/evaluation-data/fill-tables.ts';
import { DATA_END, DAYS, grownTo } from '../../fixtures/evaluation-data/parameters.ts';
import type { DrawnPage } from '../../fixtures/load/evaluation-pages.ts';
import { type BarePostgres, barePostgres } from '../../fixtures/stacks/bare-postgres.ts';
import { check } from '../../harness/checks/check.ts';
import { createDatabase } from '../../harness/components/claim.ts';
import { installSchema } from '../../impl/baseline/database/schema.ts';
import { releases } from '../../impl/releases.ts';
import { blocksOf, planOf } from './plan.ts';
import { pageQuery, timesOf } from './query-times.ts';

const SIZES = {
  smoke: [],
  standard: [100_000, 1_000_000],
  nightly: [100_000, 1_000_000, 10_000_000],
} as const;
/** For ten million rows and their indexes. */
const STATEMENT_MS = 600_000;

const middle_us = DATA_END.getTime() * 1_000 - (DAYS / 2) * 86_400_000_000;
const PAGES = [
  { blocks: 'first_page_blocks', times: 'first_page_ms', page: { agentId: agentOf(1) } },
  { blocks: 'deep_page_blocks', times: 'deep_page_ms', page: { agentId: agentOf(1), before_us: middle_us } },
] as const satisfies readonly { readonly page: DrawnPage; readonly [measure: string]: unknown }[];

const SERIES = 'a page was read at every size';

check(
  'tars-1004/growth',
  {
    // What it counts is the same on a busy machine.
    lane: 'functional',
    stack: barePostgres,
    from: 'standard',
    measures: {
      page_blocks_growth: 'ratio',
      // For the chart alone.
      first_page_blocks: 'blocks',
      deep_page_blocks: 'blocks',
      first_page_ms: 'ms',
      deep_page_ms: 'ms',
    },
    facts: [SERIES],
    timeout_ms: 1_200_000,
  },
  async ({ stack, profile, signal, observe, fact }) => {
    const series: { readonly evaluations: number; readonly pages: readonly PageCost[] }[] = [];
    for (const evaluations of SIZES[profile]) {
      signal.throwIfAborted();
      const pages = await costsAt(evaluations, stack);
      series.push({ evaluations, pages });
      const point = { value: evaluations, unit: 'evaluations' };
      for (const [index, { blocks, times }] of PAGES.entries()) {
        const cost = pages[index] as PageCost;
        observe(blocks, [cost.blocks], { point });
        observe(times, cost.times_ms, { point });
      }
    }
    const [smallest, largest] = [series[0], series.at(-1)];
    observe(
      'page_blocks_growth',
      PAGES.map((_, index) => (largest?.pages[index]?.blocks ?? 0) / (smallest?.pages[index]?.blocks ?? 0)),
    );
    fact(
      SERIES,
      series.every(({ pages }) => pages.every(({ blocks }) => blocks > 0)),
      series.map(({ evaluations, pages }) => `${evaluations} evaluations: ${pages.map(inWords).join(', ')}`).join('; '),
    );
  },
);

interface PageCost {
  readonly blocks: number;
  /** Ascending. */
  readonly times_ms: readonly number[];
}

async function costsAt(evaluations: number, { serverUrl, release }: BarePostgres): Promise<PageCost[]> {
  const database = await createDatabase(serverUrl, 'growth');
  const { pool, migrate } = releases[release].database;
  const client = new pg.Client({
    connectionString: database.url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
    options: pool.options,
  });
  try {
    await client.connect();
    await installSchema(client);
    await fillTables(database.url, { size: grownTo(evaluations), timeout_ms: STATEMENT_MS });
    await migrate(database.url);
    const costs: PageCost[] = [];
    for (const { page } of PAGES) {
      const query = pageQuery(page, release);
      const blocks = blocksOf(await planOf(client, query, 'force_custom_plan'));
      const times_ms = await timesOf(client, () => query, { most: 101, most_ms: 2_000 });
      costs.push({ blocks, times_ms: times_ms.sort((one, other) => one - other) });
    }
    return costs;
  } finally {
    await client.end();
    await database.drop();
  }
}

function inWords({ blocks, times_ms }: PageCost, index: number): string {
  const p50_ms = times_ms[Math.floor(times_ms.length / 2)] ?? Number.NaN;
  return `${index === 0 ? 'first' : 'deep'} page ${blocks} blocks, p50 ${p50_ms.toFixed(2)} ms`;
}
