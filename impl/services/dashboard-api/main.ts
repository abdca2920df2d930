/** The process `dashboard-api`: configuration in, server up, and down again without losing a request. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { releases } from '../../releases.ts';
import { sharedVariables, wholeNumber } from '../configuration.ts';
import { createPostgresPool, endPostgresPool } from '../postgres.ts';
import { connectRedis } from '../redis.ts';
import { runService } from '../service.ts';
import { buildDashboardApi } from './server.ts';

const webSocketDrain_ms = 5_000;
/** With the drain of the WebSocket part before it and the end of the pool after it, within the service's own deadline. */
const requests_ms_max = 3_500;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const variables = {
  ...sharedVariables,
  TARS_PORT: wholeNumber(0, 65_535).default(3001),
  /** Origins of pages on other hosts that may open event connections, with commas between them. */
  TARS_ALLOWED_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every(isOrigin),
      'expected origins like https://tars.example, with commas between them',
    )
    .default([]),
  /** What `npm run build:page` made; without it the API serves no page. */
  TARS_PAGE_FOLDER: z.string().optional(),
  /** Event connections of one user to this process, and subscriptions on all of them. */
  TARS_MAX_CONNECTIONS_PER_USER: wholeNumber(1, 1_000_000).default(100),
  TARS_MAX_SUBSCRIPTIONS_PER_USER: wholeNumber(1, 1_000_000).default(1_000),
  /** Generous: they keep one client from taking the service from all others. Behind a proxy all have its address. */
  TARS_REQUESTS_PER_MINUTE_PER_ADDRESS: wholeNumber(1, 10_000_000).default(30_000),
  TARS_REQUESTS_PER_MINUTE_PER_KEY: wholeNumber(1, 10_000_000).default(6_000),
  /** `off`: pages of evaluations are read from PostgreSQL each time. v1.0.0 keeps none. */
  TARS_PAGE_CACHE: z.enum(['on', 'off'], 'expected on or off').default('on'),
  TARS_JWT_SECRET: z.string('expected at least 32 characters').min(32, 'expected at least 32 characters'),
};

await runService('dashboard-api', variables, async (configuration, logger) => {
  const release = releases[configuration.TARS_RELEASE];
  const postgres = createPostgresPool(configuration.TARS_POSTGRES_URL, 10, logger, release.database.pool);
  const redis = connectRedis(configuration.TARS_REDIS_URL, 'dashboard-api', 1_000, logger);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });

  const api = await buildDashboardApi({
    release,
    postgres,
    redis,
    jwtSecret: configuration.TARS_JWT_SECRET,
    rateLimits: {
      perAddress: configuration.TARS_REQUESTS_PER_MINUTE_PER_ADDRESS,
      perKey: configuration.TARS_REQUESTS_PER_MINUTE_PER_KEY,
    },
    pageCache: configuration.TARS_PAGE_CACHE === 'on',
    pageFolder: configuration.TARS_PAGE_FOLDER,
    logger,
    metrics,
  });
  const eventServer = await release.websocket.attachEventServer({
    server: api.server.server,
    path: '/ws',
    redisUrl: configuration.TARS_REDIS_URL,
    allowedOrigins: configuration.TARS_ALLOWED_ORIGINS,
    maxConnectionsPerUser: configuration.TARS_MAX_CONNECTIONS_PER_USER,
    maxSubscriptionsPerUser: configuration.TARS_MAX_SUBSCRIPTIONS_PER_USER,
    authenticate: api.authenticate,
    logger,
    metrics,
  });
  const url = await api.server.listen({
    host: configuration.TARS_HOST,
    port: configuration.TARS_PORT,
    // Thousands of dashboards come back within seconds of a restart; at Node's 511 the kernel drops what does not fit.
    backlog: 4_096,
  });
  logger.info({ url }, 'dashboard-api listening');

  return async () => {
    api.startDraining();
    await eventServer.drain(webSocketDrain_ms);
    const late = setTimeout(() => {
      logger.warn(`requests still open after ${requests_ms_max} ms are cut off`);
      api.server.server.closeAllConnections();
    }, requests_ms_max);
    await api.server.close();
    clearTimeout(late);
    await endPostgresPool(postgres);
    redis.disconnect();
  };
});
