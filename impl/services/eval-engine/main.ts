/** The process `eval-engine`: works off jobs and relays what was committed to the event log. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { RedisEventLog } from '../../event-log/redis-event-log.ts';
import { releases } from '../../releases.ts';
import { sharedVariables, wholeNumber } from '../configuration.ts';
import { createPostgresClient, createPostgresPool } from '../postgres.ts';
import { connectRedis } from '../redis.ts';
import { runService } from '../service.ts';
import { JobQueue } from './job-queue.ts';
import { createEngineMetrics, createMonitoringServer } from './monitoring.ts';
import { batch_ms_max, OutboxRelay } from './outbox-relay.ts';
import { Worker } from './worker.ts';

/** Beyond what the relay's waits allow: for a busy machine. */
const relaySlack_ms = 3_000;

const variables = {
  ...sharedVariables,
  TARS_CONSUMER: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens')
    // Stable over restarts: the group remembers every name it has seen.
    .default(
      hostname()
        .slice(0, 64)
        .replaceAll(/[^\w.-]/g, '-'),
    ),
  TARS_METRICS_PORT: wholeNumber(0, 65_535).optional(),
  TARS_RETRY_IDLE_MS: wholeNumber(50, 600_000).default(2_000),
  TARS_BACK_OFF_MS_MAX: wholeNumber(100, 60_000).default(2_000),
  TARS_EVENT_LOG_TIMEOUT_MS: wholeNumber(100, 60_000).default(3_000),
};

await runService('eval-engine', variables, async (configuration, logger) => {
  const { TARS_POSTGRES_URL, TARS_REDIS_URL, TARS_BACK_OFF_MS_MAX, TARS_EVENT_LOG_TIMEOUT_MS } = configuration;
  const { version } = releases[configuration.TARS_RELEASE];
  const postgres = createPostgresPool(TARS_POSTGRES_URL, 2, logger);
  const jobsRedis = connectRedis(TARS_REDIS_URL, 'eval-engine-jobs', 5_000, logger);
  const redis = connectRedis(TARS_REDIS_URL, 'eval-engine', 1_000, logger);
  const eventLog = new RedisEventLog({ url: TARS_REDIS_URL, timeout_ms: TARS_EVENT_LOG_TIMEOUT_MS });
  const metrics = createEngineMetrics(redis);
  let finishing = false;

  const monitoring = createMonitoringServer({
    version,
    metrics: metrics.registry,
    dependencies: { postgres: () => postgres.query('SELECT 1'), redis: () => redis.ping() },
    isFinishing: () => finishing,
  });
  let metricsUrl: string | undefined;
  if (configuration.TARS_METRICS_PORT !== undefined) {
    monitoring.listen(configuration.TARS_METRICS_PORT, configuration.TARS_HOST);
    await once(monitoring, 'listening');
    metricsUrl = `http://${configuration.TARS_HOST}:${(monitoring.address() as AddressInfo).port}`;
  }

  // Longer than the relay is silent: a batch, an append that times out, the wait after it. A leader that vanished without
  // a word loses its lead after this.
  const relayIdle_ms = batch_ms_max + TARS_EVENT_LOG_TIMEOUT_MS + TARS_BACK_OFF_MS_MAX + relaySlack_ms;
  const relay = new OutboxRelay({
    createClient: () => createPostgresClient(TARS_POSTGRES_URL, relayIdle_ms),
    log: eventLog,
    logger,
    backOff_ms_max: TARS_BACK_OFF_MS_MAX,
    onAppended: metrics.appended,
  });
  const worker = new Worker({
    queue: new JobQueue({
      redis: jobsRedis,
      consumer: configuration.TARS_CONSUMER,
      retryIdle_ms: configuration.TARS_RETRY_IDLE_MS,
    }),
    postgres,
    logger,
    backOff_ms_max: TARS_BACK_OFF_MS_MAX,
    onCommitted: metrics.committed,
  });
  relay.start();
  worker.start(() => logger.info({ consumer: configuration.TARS_CONSUMER, metricsUrl }, 'eval-engine ready'));

  return async () => {
    finishing = true;
    await Promise.all([worker.stop(), relay.stop()]);
    monitoring.close();
    monitoring.closeAllConnections();
    await Promise.all([postgres.end(), eventLog.close()]);
    jobsRedis.disconnect();
    redis.disconnect();
  };
});
