/** `/health`: which release runs; `/health/live`: the process answers; `/health/ready`: it can serve. */
import type { FastifyInstance } from 'fastify';
import { askDependencies, type Dependency } from '../dependencies.ts';
import { unavailable } from './problem-details.ts';

const state = { type: 'string', enum: ['up', 'down'] };

const schemas = {
  health: {
    summary: 'The release that runs',
    response: {
      200: {
        type: 'object',
        properties: { status: { type: 'string' }, version: { type: 'string' }, uptime_s: { type: 'number' } },
      },
    },
  },
  live: {
    summary: 'Whether the process answers',
    response: { 200: { type: 'object', properties: { status: { type: 'string', const: 'live' } } } },
  },
  ready: {
    summary: 'Whether requests can be served: PostgreSQL and Redis answer, and the service is not draining',
    response: {
      200: {
        type: 'object',
        properties: {
          status: { type: 'string', const: 'ready' },
          checks: { type: 'object', properties: { postgres: state, redis: state } },
        },
      },
    },
  },
};

interface HealthOptions {
  readonly version: string;
  readonly dependencies: Record<'postgres' | 'redis', Dependency>;
  readonly isDraining: () => boolean;
}

export function registerHealth(server: FastifyInstance, { version, dependencies, isDraining }: HealthOptions): void {
  server.get('/health', { schema: schemas.health }, async () => ({
    status: isDraining() ? 'draining' : 'ok',
    version,
    uptime_s: Math.round(process.uptime() * 1000) / 1000,
  }));

  server.get('/health/live', { schema: schemas.live }, async () => ({ status: 'live' }));

  server.get('/health/ready', { schema: schemas.ready }, async () => {
    if (isDraining()) throw unavailable('the service is draining');
    const checks = await askDependencies(dependencies);
    const down = Object.entries(checks).filter(([, answer]) => answer === 'down');
    if (down.length > 0) {
      throw unavailable(`not answering: ${down.map(([name]) => name).join(', ')}`, { members: { checks } });
    }
    return { status: 'ready', checks };
  });
}
