/** How often a page was looked for in the cache: until then nobody who asked can have been given one. */
import type { Redis } from 'ioredis';

/** Redis's own count of the command by which a page is looked for, since its start. */
export async function looksIntoTheCache(redis: Redis): Promise<number> {
  return Number(/^cmdstat_hmget:calls=(\d+)/m.exec(await redis.info('commandstats'))?.[1] ?? 0);
}
