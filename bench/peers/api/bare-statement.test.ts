/** That the floor's statement is the product's: the same rows, on a real PostgreSQL. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { installSchema } from '../../../impl/baseline/database/schema.ts';
import { literalStatementOf, statementOf } from './bare-statement.ts';

let server: Awaited<ReturnType<typeof testPostgres>>;
let client: pg.Client;

beforeAll(async () => {
  server = await testPostgres();
  client = new pg.Client({ connectionString: server.url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  await client.connect();
  await installSchema(client);
  await client.query(`INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms, created_at)
    SELECT gen_random_uuid(), 'agent-' || n % 2, 'us-east-1', 'completed', n, 1, 1, timestamptz 'epoch' + n * interval '1 s'
    FROM generate_series(1, 1000) n`);
}, 120_000);

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

test.each([
  [{ agentId: 'agent-1' }, 999],
  [{ agentId: 'agent-1', before_us: 500_000_000 }, 499],
])(
  '%j: with its values written into it, it reads what it reads with parameters, from row %i on',
  async (page, first) => {
    const { text, values } = statementOf(page);
    const [bare, literal] = [await client.query(text, [...values]), await client.query(literalStatementOf(page))];
    expect(literal.rows).toEqual(bare.rows);
    expect(bare.rows).toHaveLength(101);
    expect(bare.rows[0]).toMatchObject({ agent_id: 'agent-1', reward: first });
  },
);
