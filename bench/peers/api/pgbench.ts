/**
 * The bare statement by pgbench, which comes with PostgreSQL. With a rate it lays down beforehand when each transaction is
 * due and counts from then, as our generator does.
 * @see https://www.postgresql.org/docs/current/pgbench.html
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrawnPage } from '../../../fixtures/load/evaluation-pages.ts';
import { Latencies } from '../../../harness/load/latencies.ts';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import { runCommand } from '../../../harness/processes/run-command.ts';
import { literalStatementOf } from './bare-statement.ts';
import { FLOOR_CONNECTIONS, LOAD } from './conditions.ts';

export interface PgbenchOptions {
  readonly binary: string;
  readonly postgresUrl: string;
  /** What each connection asks of the planner: `-c random_page_cost=1.1`. */
  readonly postgresOptions: string;
  readonly pages: readonly DrawnPage[];
  readonly seed: number;
  /** For its scripts and its log. */
  readonly folder: string;
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

export interface FloorFigures {
  readonly latencies: Latencies;
  /** Those of the warm-up included. */
  readonly requests: number;
  readonly failed: number;
}

const MARGIN_MS = 20_000;

/** Throws ProcessError when it ends in an error. */
export async function runPgbench(options: PgbenchOptions): Promise<FloorFigures> {
  const { binary, postgresUrl, postgresOptions, pages, seed, reaper, signal } = options;
  const folder = mkdtempSync(join(options.folder, 'pgbench-'));
  const scripts = pages.map((page, index) => {
    const file = join(folder, `page-${index}.sql`);
    writeFileSync(file, `${literalStatementOf(page)};\n`);
    return `--file=${file}`;
  });
  const { hostname, port, username, password, pathname } = new URL(postgresUrl);
  const whole_ms = LOAD.warmUp_ms + LOAD.duration_ms;
  await runCommand({
    name: 'pgbench',
    command: binary,
    args: [
      '--no-vacuum',
      '--protocol=prepared',
      `--client=${FLOOR_CONNECTIONS}`,
      `--rate=${LOAD.arrivals.rate_per_s}`,
      `--time=${whole_ms / 1_000}`,
      `--random-seed=${seed}`,
      '--log',
      `--log-prefix=${join(folder, 'log')}`,
      ...scripts,
    ],
    // Not among the arguments, which every user of the machine can read.
    env: {
      PATH: process.env.PATH,
      LC_ALL: 'C',
      PGHOST: hostname,
      PGPORT: port || '5432',
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: pathname.slice(1),
      PGOPTIONS: postgresOptions,
      PGCONNECT_TIMEOUT: '10',
    },
    reaper,
    timeout_ms: whole_ms + MARGIN_MS,
    signal,
  });
  const logs = readdirSync(folder).filter((name) => name.startsWith('log'));
  return figuresOf(logs.map((name) => readFileSync(join(folder, name), 'utf8')).join(''), LOAD.warmUp_ms);
}

/**
 * Reads the log of transactions: client, number, latency in µs (from when it was due), script, end in s and µs, lag.
 * What ended within `warmUp_ms` of the first is not measured.
 * @throws Error for a line of another form
 */
export function figuresOf(log: string, warmUp_ms: number): FloorFigures {
  const transactions = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, latency = '', end_s, end_us] = /^\d+ \d+ (\d+|failed|skipped) \d+ (\d+) (\d+)( \d+)*$/.exec(line) ?? [];
      if (end_s === undefined) throw new Error(`expected a transaction in pgbench's log, got ${JSON.stringify(line)}`);
      return { latency_ms: Number(latency) / 1_000, end_ms: Number(end_s) * 1_000 + Number(end_us) / 1_000 };
    });
  const begun_ms = transactions.reduce((least, { end_ms }) => Math.min(least, end_ms), Number.POSITIVE_INFINITY);
  const measured = transactions.filter(({ end_ms }) => end_ms >= begun_ms + warmUp_ms);
  const latencies = Latencies.empty();
  let failed = 0;
  for (const { latency_ms } of measured) {
    if (Number.isNaN(latency_ms)) failed += 1;
    latencies.record(Number.isNaN(latency_ms) ? LOAD.timeout_ms : latency_ms);
  }
  return { latencies, requests: transactions.length, failed };
}
