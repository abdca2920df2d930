/** The dashboard API as an HTTP server: its limits, its errors, its routes. What it depends on is passed in. */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { RateLimits, ReleaseParts } from '../../release-parts.ts';
import { registerAgentStates } from './agent-states.ts';
import { registerAgents } from './agents.ts';
import { registerApiKeys } from './api-keys.ts';
import { registerAuditLogs } from './audit-logs.ts';
import { type Authentication, registerAuthentication } from './authentication.ts';
import { registerEvaluationSummary } from './evaluation-summary.ts';
import { registerEvaluations } from './evaluations.ts';
import { registerHealth } from './health.ts';
import { registerLogin } from './login.ts';
import { refuseOtherMethods } from './method-not-allowed.ts';
import { registerMetricValues } from './metric-values.ts';
import { registerMetrics } from './metrics.ts';
import { registerPage } from './page.ts';
import { answerClientError, Problem, sendProblem } from './problem-details.ts';

export interface DashboardApiOptions {
  readonly release: Pick<ReleaseParts, 'version' | 'database'>;
  readonly postgres: Pick<Pool, 'query'>;
  readonly redis: Redis;
  /** At least 32 characters. */
  readonly jwtSecret: string;
  /** Whether pages of evaluations are kept in Redis, where the release does that. @default true */
  readonly pageCache?: boolean;
  /** @default none */
  readonly rateLimits?: RateLimits;
  /** What the page was built into. @default none: the API serves without a page */
  readonly pageFolder?: string | undefined;
  readonly logger: Logger;
  readonly metrics: Registry;
}

export interface DashboardApi {
  readonly server: FastifyInstance;
  readonly authenticate: Authentication['authenticate'];
  /** From now on readiness fails and connections close after their response. */
  startDraining(): void;
}

/** Builds the server without listening. */
export async function buildDashboardApi(options: DashboardApiOptions): Promise<DashboardApi> {
  const { release, postgres, redis, metrics } = options;
  const { version } = release;
  let draining = false;
  const server: FastifyInstance = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    // A line a request is for debugging, and its time is in the metrics: see metrics.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    // Time for a request to arrive, checked every second; silence on a connection; an answer's outer bound.
    requestTimeout: 10_000,
    http: {
      connectionsCheckingInterval: 1_000,
      headersTimeout: 5_000,
      // RFC 9110, section 7.8: an offer to upgrade may be ignored. Any other (h2c) is answered in HTTP/1.1.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    connectionTimeout: 30_000,
    keepAliveTimeout: 60_000,
    handlerTimeout: 15_000,
    // Requests on open connections are answered to the end, with `connection: close`.
    return503OnClosing: false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerClientError,
  });
  // Nothing but JSON is understood.
  server.removeContentTypeParser('text/plain');
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  server.setNotFoundHandler((request, reply) =>
    sendProblem(new Problem('not-found', 'no resource has this path'), request, reply),
  );
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  server.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });

  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'T.A.R.S. dashboard API', version, description: 'Every error is RFC 9457 problem details.' },
    },
  });
  if (options.rateLimits) await release.database.limitRates(server, redis, options.rateLimits);
  const authentication = await registerAuthentication(server, options.jwtSecret, postgres);
  const routesAreComplete = refuseOtherMethods(server);
  registerMetrics(server, metrics);
  registerHealth(server, {
    version,
    dependencies: { postgres: () => postgres.query('SELECT 1'), redis: () => redis.ping() },
    isDraining: () => draining,
  });
  registerLogin(server, { postgres, authentication });
  const history = await release.database.serveEvaluationHistory({
    server,
    postgres,
    redis,
    cached: options.pageCache ?? true,
    mayRead: authentication.require('viewer'),
    logger: options.logger,
    metrics,
  });
  registerEvaluations(server, { postgres, redis, authentication, history });
  registerEvaluationSummary(server, { postgres, authentication });
  registerAgents(server, { postgres, authentication });
  registerAgentStates(server, { postgres, authentication });
  registerApiKeys(server, { postgres, authentication });
  registerMetricValues(server, { postgres, authentication });
  registerAuditLogs(server, { postgres, authentication });
  await registerPage(server, options.pageFolder, options.logger);
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  routesAreComplete();
  await server.ready();
  return {
    server,
    authenticate: authentication.authenticate,
    startDraining: () => {
      draining = true;
    },
  };
}
