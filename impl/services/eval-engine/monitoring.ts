/** What the engine tells of itself: metrics, and a small HTTP server for them and for its health. */
import { createServer, type Server } from 'node:http';
import type { Redis } from 'ioredis';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { askDependencies, type Dependency } from '../dependencies.ts';
import { deadJobStream, type EvaluationJob, jobStream } from '../jobs.ts';
import type { Outcome } from './evaluations-table.ts';

export interface EngineMetrics {
  readonly registry: Registry;
  committed(job: EvaluationJob, outcome: Outcome): void;
  appended(event: { duplicate: boolean }): void;
}

/** @param redis asked for the length of the queues each time the metrics are read */
export function createEngineMetrics(redis: Redis): EngineMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const duration = new Histogram({
    name: 'tars_evaluation_duration_seconds',
    help: 'Time from taking a job to its commit',
    labelNames: ['agent_id', 'region'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const reward = new Gauge({
    name: 'tars_evaluation_reward',
    help: 'Mean reward of the last completed evaluation',
    labelNames: ['agent_id', 'region'],
    registers,
  });
  const settled = new Counter({
    name: 'tars_evaluations_total',
    help: 'Evaluations committed',
    labelNames: ['status', 'region'],
    registers,
  });
  const appended = new Counter({
    name: 'tars_outbox_events_total',
    help: 'Events moved from the outbox to the event log; duplicates had been there before a crash',
    labelNames: ['duplicate'],
    registers,
  });
  new Gauge({
    name: 'tars_queue_depth',
    help: 'Jobs in the stream: waiting or at work, and given up. NaN while Redis is away',
    labelNames: ['queue'],
    registers,
    async collect() {
      for (const [queue, stream] of [
        ['jobs', jobStream],
        ['dead', deadJobStream],
      ] as const) {
        this.set({ queue }, await redis.xlen(stream).catch(() => Number.NaN));
      }
    },
  });
  return {
    registry,
    committed: ({ agentId, region }, outcome) => {
      duration.observe({ agent_id: agentId, region }, outcome.duration_ms / 1000);
      if (outcome.reward !== null) reward.set({ agent_id: agentId, region }, outcome.reward);
      settled.inc({ status: outcome.status, region });
    },
    appended: ({ duplicate }) => appended.inc({ duplicate: String(duplicate) }),
  };
}

export interface MonitoringOptions {
  readonly version: string;
  readonly metrics: Registry;
  readonly dependencies: Record<'postgres' | 'redis', Dependency>;
  readonly isFinishing: () => boolean;
}

/** Answers `/health`, `/health/live`, `/health/ready` and `/metrics` to GET, and 404 to all else. */
export function createMonitoringServer({ version, metrics, dependencies, isFinishing }: MonitoringOptions): Server {
  const answers: Record<string, () => Promise<{ status: number; type?: string; body: string | object }>> = {
    '/health': async () => ({ status: 200, body: { status: 'ok', version, uptime_s: process.uptime() } }),
    '/health/live': async () => ({ status: 200, body: { status: 'live' } }),
    '/health/ready': async () => {
      const checks = await askDependencies(dependencies);
      const ready = !isFinishing() && Object.values(checks).every((state) => state === 'up');
      return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', checks } };
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() }),
  };
  return createServer({ requestTimeout: 10_000, keepAliveTimeout: 60_000 }, async (request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined;
    const { status, type, body } = (await answer?.()) ?? { status: 404, body: { status: 'not found' } };
    response.writeHead(status, { 'content-type': type ?? 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}
