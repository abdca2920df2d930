/**
 * What somebody would write who only wants the page: `node:http` and `pg`, our statement, and nothing else. Nobody is
 * asked who he is, nothing is validated but the cursor, nothing is limited, counted or kept.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { decodeCursor } from '../../../impl/database/cursor.ts';
import { limit_max } from '../../../impl/database/page-request.ts';
import { pageStatement } from '../../../impl/database/page-statement.ts';
import { type EvaluationRow, presentEvaluation } from '../../../impl/services/dashboard-api/evaluation.ts';

// As many connections as dashboard-api has, and the same way to ask the planner.
const pool = new pg.Pool({
  connectionString: process.env.POSTGRES_URL,
  max: 10,
  connectionTimeoutMillis: 5_000,
  query_timeout: 5_000,
  options: process.env.POSTGRES_OPTIONS,
});
pool.on('error', () => {}); // A query on a broken connection fails.

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname === '/metrics') {
    const { user, system } = process.cpuUsage();
    response.end(`process_cpu_seconds_total ${(user + system) / 1e6}\n`);
    return;
  }
  const agentId = searchParams.get('agent_id');
  const cursor = searchParams.get('cursor');
  const after = cursor === null ? undefined : decodeCursor(cursor);
  const { name, text, values } = pageStatement({
    ...(agentId !== null && { agentId }),
    ...(after !== undefined && { after }),
    limit: limit_max,
    offset: 0,
  });
  const { rows } = await pool.query<EvaluationRow & { created_at_us?: string }>({ name, text, values: [...values] });
  const evaluations = rows.slice(0, limit_max).map(({ created_at_us: _, ...row }) => presentEvaluation(row));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ evaluations }));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
