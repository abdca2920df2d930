/** How services talk to Redis: every wait bounded, and one rule for "Redis is away". */
import { Redis, ReplyError } from 'ioredis';
import type { Logger } from 'pino';

/** Longest wait between two attempts to connect. */
const reconnect_ms_max = 1_000;

/**
 * A connection that reconnects for ever and fails commands at once while it is away. Nothing is sent twice: whether a
 * command whose reply was lost took effect is for the caller to settle.
 * @param commandTimeout_ms bound of every command; must exceed the `BLOCK` of blocking ones
 */
export function connectRedis(url: string, name: string, commandTimeout_ms: number, logger: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    commandTimeout: commandTimeout_ms,
    // A connection that answers nothing any more is closed: the time-out of its commands alone would leave it in use.
    socketTimeout: commandTimeout_ms,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), reconnect_ms_max),
  });
  let away = false;
  redis.on('error', (err) => {
    if (!away) logger.warn({ err, connection: name }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ connection: name }, 'Redis is back');
    away = false;
  });
  return redis;
}

/** Whether an error says that Redis cannot serve at the moment, rather than that it was asked something wrong. */
export function isRedisAway(error: unknown): boolean {
  if (error instanceof ReplyError)
    return /^(LOADING|OOM|READONLY|MASTERDOWN|BUSY |NOREPLICAS|MISCONF|CLUSTERDOWN|TRYAGAIN)/.test(
      (error as Error).message,
    );
  return error instanceof Error && !(error instanceof TypeError);
}
