/** Ours beside plain `node:http` and `pg`, and beside the bare statement, which is the floor of all. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { login } from '../../../fixtures/api-client.ts';
import { components } from '../../../fixtures/components.ts';
import { drawPages, pageRequest, queryOf } from '../../../fixtures/load/evaluation-pages.ts';
import { processorTime_ms } from '../../../fixtures/processor-time.ts';
import { Service } from '../../../fixtures/service.ts';
import { dashboardOnData } from '../../../fixtures/stacks/dashboard-on-data.ts';
import type { Absentee, Benchmark, BenchmarkContext, Figures } from '../../../harness/benchmarks/benchmark.ts';
import { findOnPath } from '../../../harness/components/find-on-path.ts';
import type { Latencies } from '../../../harness/load/latencies.ts';
import type { RequestTemplate } from '../../../harness/load/load-plan.ts';
import { runLoad } from '../../../harness/load/run-load.ts';
import { startProcess } from '../../../harness/processes/run-process.ts';
import { seededRandom } from '../../../harness/random/random.ts';
import { pool } from '../../../impl/database/pool.ts';
import { LAG_MS_MAX, LOAD, PAGES, SIZE } from './conditions.ts';
import { runOneProcess } from './one-process.ts';
import { type FloorFigures, runPgbench } from './pgbench.ts';
import { wholeServerTime_ms } from './whole-server-time.ts';

const SCENARIO = `${LOAD.arrivals.rate_per_s} pages/s of ${SIZE.evaluations} evaluations`;
const postgresOptions = pool.options ?? '';

export const benchmark: Benchmark = {
  title: 'A page of the history, open loop: the bare statement, ours, and plain node:http with pg',
  measures: ['p50_ms', 'p95_ms', 'requests_per_s_per_core', 'failed_requests'],
  rounds: 6,
  timeout_ms: 60_000,
  async prepare(context) {
    const { reaper, seed, signal } = context;
    const urls = { postgres: await urlOf(context, 'postgres'), redis: await urlOf(context, 'redis') };
    mkdirSync(context.logFolder, { recursive: true });
    const boot = { reaper, logFolder: context.logFolder, name: 'bench', arm: 'candidate', release: 'v1.0.1' } as const;
    await using prepared = new AsyncDisposableStack();
    const stack = await dashboardOnData(SIZE).boot({
      ...boot,
      components: { postgres: { url: urls.postgres }, redis: { url: urls.redis } },
      environment: { TARS_PAGE_CACHE: 'off' },
    });
    prepared.defer(() => stack.stop());
    const { api, engine, postgresUrl, redisUrl, jwtSecret, users } = stack.services;
    await engine.stop(); // Its looking for work would be counted as the database's.
    const cached = new Service({
      service: 'dashboard-api',
      name: 'bench-cached',
      environment: {
        TARS_RELEASE: 'v1.0.1',
        TARS_POSTGRES_URL: postgresUrl,
        TARS_REDIS_URL: redisUrl,
        TARS_JWT_SECRET: jwtSecret,
        TARS_REQUESTS_PER_MINUTE_PER_ADDRESS: '10000000',
      },
      ready: /"url":"(http:[^"]+)".*dashboard-api listening/,
      secrets: [jwtSecret],
      reaper,
      logFolder: context.logFolder,
    });
    prepared.defer(() => cached.stop());
    await cached.start();
    const plain = await startPlainServer(postgresUrl, context);
    const client = new pg.Client({
      connectionString: postgresUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    });
    await client.connect();
    prepared.defer(() => client.end());

    const pages = drawPages(SIZE, seededRandom(seed), PAGES);
    const ofStatement = { postgresUrl, postgresOptions, pages, seed, reaper };
    const ofApi = (service: Pick<Service, 'address'>, request: (token: string) => RequestTemplate) => ({
      async measure(turn: AbortSignal) {
        const token = await login({ api, users }, 'viewer');
        const before_ms = await processorTime_ms(service);
        return figuresOf(client, async () => {
          const plan = { ...LOAD, origin: service.address, request: request(token), seed, lag_ms_max: LAG_MS_MAX };
          const { latencies, scheduled, succeeded } = await runLoad(plan, { reaper, signal: turn });
          return {
            latencies,
            requests: scheduled + (LOAD.warmUp_ms / 1_000) * LOAD.arrivals.rate_per_s,
            failed: scheduled - succeeded,
            cpu_ms: (await processorTime_ms(service)) - before_ms,
          };
        });
      },
    });
    const absent: Absentee[] = [];
    const binary = findOnPath(['pgbench'], context.env);
    if (binary === undefined) {
      absent.push({ name: 'pgbench', reason: 'it is not on PATH.', command: 'apt-get install postgresql' });
    }
    const floor = (turn: AbortSignal): Promise<FloorFigures> =>
      binary === undefined
        ? runOneProcess({ ...ofStatement, signal: turn })
        : runPgbench({ ...ofStatement, binary, folder: context.folder, signal: turn });
    signal.throwIfAborted();
    const parts = prepared.move();
    return {
      contenders: [
        {
          scenario: SCENARIO,
          name: binary === undefined ? 'bare statement by pg in one process' : 'bare statement by pgbench',
          version: binary === undefined ? process.version : 'of the system',
          measure: (turn) => figuresOf(client, async () => ({ ...(await floor(turn)), cpu_ms: 0 })),
        },
        {
          scenario: SCENARIO,
          name: 'ours, cache off',
          version: 'v1.0.1',
          ...ofApi(api, (token) => pageRequest(pages, 'v1.0.1', token)),
        },
        {
          scenario: SCENARIO,
          name: 'ours',
          version: 'v1.0.1',
          ...ofApi(cached, (token) => pageRequest(pages, 'v1.0.1', token)),
        },
        {
          scenario: SCENARIO,
          name: 'plain node:http + pg',
          version: process.version,
          ...ofApi(plain, () => ({
            method: 'GET',
            path: '/?{choice}',
            choices: pages.map((page) => queryOf(page, 'v1.0.1')),
            status: 200,
          })),
        },
      ],
      absent,
      close: () => parts.disposeAsync(),
    };
  },
};

async function urlOf(context: BenchmarkContext, name: 'postgres' | 'redis'): Promise<string> {
  const component = await context.component(components[name]);
  if (component.status === 'missing') throw new Error(`${name} is needed: ${component.reason}`);
  return component.url;
}

async function startPlainServer(postgresUrl: string, { reaper }: BenchmarkContext): Promise<Pick<Service, 'address'>> {
  const running = await startProcess({
    name: 'plain-server',
    command: process.execPath,
    args: [join(import.meta.dirname, 'plain-server.ts')],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      POSTGRES_URL: postgresUrl,
      POSTGRES_OPTIONS: postgresOptions,
    },
    reaper,
  });
  const [, address = ''] = await running.waitForLine(/^listening on (.*)$/, {
    waitingFor: 'its address',
    timeout_ms: 30_000,
  });
  return { address };
}

/** Of all that served: the database's processor time and that of the process in front of it, warm-up included. */
async function figuresOf(
  client: pg.Client,
  measure: () => Promise<{ latencies: Latencies; requests: number; failed: number; cpu_ms: number }>,
): Promise<Figures> {
  const before_ms = await wholeServerTime_ms(client);
  const { latencies, requests, failed, cpu_ms } = await measure();
  const after_ms = await wholeServerTime_ms(client);
  return {
    p50_ms: latencies.percentile_ms(50),
    p95_ms: latencies.percentile_ms(95),
    ...(before_ms !== undefined &&
      after_ms !== undefined && { requests_per_s_per_core: (requests / (after_ms - before_ms + cpu_ms)) * 1_000 }),
    failed_requests: failed,
  };
}
