/**
 * How many requests one address and one API key may make in a minute, counted in Redis for all instances together
 * (TARS-1004). Both count: an address that tries key after key is one address.
 *
 * Without Redis requests are let through: a limit protects the service, it does not decide who may use it.
 * @see https://www.rfc-editor.org/rfc/rfc6585#section-4
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimits } from '../release-parts.ts';
import { Problem } from '../services/dashboard-api/problem-details.ts';

const MINUTE_s = 60;
/** Asked by machines that watch the service, and by them alone. */
const UNLIMITED = /^\/(health|metrics)(\/|\?|$)/;

/** Call it before the routes are registered: it comes before authentication, and before the body is read. */
export function limitRates(server: FastifyInstance, redis: Redis, limits: RateLimits): void {
  const limiter = (keyPrefix: string, points: number) =>
    new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration: MINUTE_s, rejectIfRedisNotReady: true });
  const addresses = limiter('rate:address', limits.perAddress);
  const keys = limiter('rate:key', limits.perKey);

  server.addHook('onRequest', async ({ url, ip, headers }) => {
    if (UNLIMITED.test(url)) return;
    const key = headers['x-api-key'];
    await Promise.all([
      spend(addresses, ip, `an address may make ${limits.perAddress} requests a minute`),
      typeof key === 'string' && spend(keys, digest(key), `an API key may make ${limits.perKey} requests a minute`),
    ]);
  });
}

async function spend(limiter: RateLimiterRedis, who: string, rule: string): Promise<void> {
  try {
    await limiter.consume(who);
  } catch (refusal) {
    // Anything else is Redis, which is away.
    if (!(refusal instanceof RateLimiterRes)) return;
    throw new Problem('too-many-requests', rule, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))) },
    });
  }
}

/** So that no key stands in Redis. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
