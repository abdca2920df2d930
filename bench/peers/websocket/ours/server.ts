/** Our server as v1.0.1 ships it, on the event log in Redis. */
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { RedisEventLog } from '../../../../impl/event-log/redis-event-log.ts';
import { attachEventServer } from '../../../../impl/websocket/server.ts';
import { CHANNEL, feedEvent } from '../conditions.ts';
import { serveFeed } from '../feed-server.ts';

const redisUrl = process.env.REDIS_URL ?? '';
await serveFeed(async (server) => {
  const log = new RedisEventLog({ url: redisUrl });
  await attachEventServer({
    server,
    redisUrl,
    authenticate: async () => ({ subject: 'anyone', role: 'viewer' }),
    // All clients of the benchmark are one user.
    maxConnectionsPerUser: 20_000,
    maxSubscriptionsPerUser: 20_000,
    logger: pino({ level: 'silent' }),
    metrics: new Registry(),
  });
  return async (number) => {
    await log.append(CHANNEL, number, JSON.stringify(feedEvent(number)));
  };
});
