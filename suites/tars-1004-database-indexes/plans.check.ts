/** Every query that an index is there for, and whether PostgreSQL uses it, also when it does not know the values. */
import pg from 'pg';
import { SMALL } from '../../fixtures/evaluation-data/parameters.ts';
import { dashboardOnData } from '../../fixtures/stacks/dashboard-on-data.ts';
import { check } from '../../harness/checks/check.ts';
import { indexes } from '../../impl/database/indexes.ts';
import { releases } from '../../impl/releases.ts';
import { listedQueries } from './listed-queries.ts';
import { faultsOf, PLAN_MODES, planOf } from './plan.ts';

const SHIPPED = 'each index of the release is there, valid, and has a query of its own';
const INDEX_ONLY = 'each index that promises to answer without the table has a query that it answers so';
const USED = 'each plan is as it should be';

check(
  'tars-1004/plans',
  {
    lane: 'functional',
    stack: dashboardOnData(SMALL),
    measures: { plan_faults: 'faults' },
    facts: [SHIPPED, INDEX_ONLY, USED],
  },
  async ({ stack, observe, fact }) => {
    // As the release's own connections: what they ask of the planner is a part of it.
    const client = new pg.Client({
      connectionString: stack.postgresUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 20_000,
      options: releases[stack.release].database.pool.options,
    });
    await client.connect();
    try {
      const queries = listedQueries(stack.size);
      const faults: string[] = [];
      const answeredWithoutTable = new Set<string>();
      for (const mode of PLAN_MODES) {
        for (const { says, index, text, values } of queries) {
          const plan = await planOf(client, { text, values }, mode);
          const found = faultsOf(plan, index, false);
          if (faultsOf(plan, index, true).length === 0) answeredWithoutTable.add(`${index} ${mode}`);
          observe('plan_faults', [found.length]);
          faults.push(...found.map((fault) => `${says}, ${mode}: ${fault}`));
        }
      }
      fact(USED, faults.length === 0, faults.join('; '));

      const { rows } = await client.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indisvalid AND i.indisready AND c.relname = ANY ($1)`,
        [indexes.map(({ name }) => name)],
      );
      const unfit = indexes.filter(
        ({ name }) => !rows.some((row) => row.name === name) || !queries.some(({ index }) => index === name),
      );
      fact(SHIPPED, unfit.length === 0 && indexes.length === 11, unfit.map(({ name }) => name).join(', '));
      const lookedAt = indexes
        .filter(({ indexOnly }) => indexOnly)
        .flatMap(({ name }) => PLAN_MODES.map((mode) => `${name} ${mode}`))
        .filter((one) => !answeredWithoutTable.has(one));
      fact(INDEX_ONLY, lookedAt.length === 0, `with the table: ${lookedAt.join(', ') || 'none'}`);
    } finally {
      await client.end();
    }
  },
);
