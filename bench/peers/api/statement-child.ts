/** The bare statement by `pg` in one process of its own, where there is no pgbench: the same load, without HTTP. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import type { DrawnPage } from '../../../fixtures/load/evaluation-pages.ts';
import { now_ms } from '../../../harness/load/clock.ts';
import { Latencies } from '../../../harness/load/latencies.ts';
import type { Tick, TickerData } from '../../../harness/load/ticker.ts';
import { seededRandom } from '../../../harness/random/random.ts';
import { statementOf } from './bare-statement.ts';
import { FLOOR_CONNECTIONS, LOAD } from './conditions.ts';

const { postgresUrl, postgresOptions, pages, seed } = JSON.parse(process.env.FLOOR ?? '{}') as {
  readonly postgresUrl: string;
  readonly postgresOptions: string;
  readonly pages: readonly DrawnPage[];
  readonly seed: number;
};
const pool = new pg.Pool({
  connectionString: postgresUrl,
  options: postgresOptions,
  max: FLOOR_CONNECTIONS,
  connectionTimeoutMillis: LOAD.timeout_ms,
  query_timeout: LOAD.timeout_ms,
});
pool.on('error', () => {}); // A query on a broken connection fails.
const random = seededRandom(seed);
const statements = pages.map(statementOf);
const latencies = Latencies.empty();
const start_ms = now_ms() + 500;
let [requests, failed] = [0, 0];

async function ask(due_ms: number): Promise<void> {
  requests += 1;
  const { name, text, values } = statements[Math.floor(random() * statements.length)] as (typeof statements)[number];
  const answered = await pool.query({ name, text, values: [...values] }).then(
    () => true,
    () => false,
  );
  if (due_ms < start_ms + LOAD.warmUp_ms) return;
  if (!answered) failed += 1;
  latencies.record(answered ? now_ms() - due_ms : LOAD.timeout_ms);
}

const workerData: TickerData = {
  arrivals: LOAD.arrivals,
  duration_ms: LOAD.warmUp_ms + LOAD.duration_ms,
  share: { index: 0, of: 1 },
  seed,
  start_ms,
};
const ticker = new Worker(join(import.meta.dirname, '../../../harness/load/ticker.ts'), { workerData });
const asked: Promise<void>[] = [];
ticker.on('message', async (tick: Tick) => {
  if (tick !== 'over') {
    asked.push(...tick.map(ask));
    return;
  }
  await Promise.all(asked);
  await pool.end();
  process.stdout.write(`floor ${JSON.stringify({ requests, failed, latencies: latencies.encode() })}\n`);
});
