/** Joins an event server to the event log in Redis; both releases do it the same way. */
import type { EventServer, EventServerOptions } from '../release-parts.ts';
import type { EventTail, HistoryReader } from './event-log.ts';
import { RedisEventLog } from './redis-event-log.ts';
import { RedisEventTail } from './redis-event-tail.ts';

type FromLog = Omit<EventServerOptions, 'redisUrl'> & { readonly log: HistoryReader; readonly tail: EventTail };

/** Starts without waiting for Redis: subscribing fails until it is there. */
export function serveFromRedis(
  options: EventServerOptions,
  serveEvents: (options: FromLog) => EventServer,
): EventServer {
  const onError = (error: Error) => options.logger.warn({ err: error }, 'event log');
  const log = new RedisEventLog({ url: options.redisUrl, onConnectionError: onError });
  const tail = new RedisEventTail({ url: options.redisUrl, onError });
  const server = serveEvents({ ...options, log, tail });
  return {
    async drain(deadline_ms) {
      await server.drain(deadline_ms);
      await Promise.all([tail.close(), log.close()]);
    },
  };
}
