/** One connection to a Redis or Valkey server, and what the server says of itself. */
import { Redis } from 'ioredis';

const TIMEOUT_MS = 5_000;

/** The first version whose streams have all that the event log needs (`XAUTOCLAIM`). */
export const VERSION_MIN = [6, 2] as const;

export interface RedisFacts {
  /** `Valkey 9.1.2`, `Redis 7.0.15` */
  readonly version: string;
  readonly isNewEnough: boolean;
}

/** Whether a version of Redis is 6.2 or newer. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
}

/**
 * Connects, does the work and closes: no retries, 5 s for each step.
 * Throws what the server or the network said, and TypeError for what is no `redis:` or `rediss:` address.
 */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const { protocol } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new TypeError(`expected an address that begins with redis:// or rediss://, got ${protocol}//…`);
  }
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2, // servers too old for the third are told apart by their version, not by its refusal
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
  });
  let cause: Error | undefined;
  redis.on('error', (error) => {
    cause = error;
  });
  try {
    await redis.connect().catch((error: unknown) => {
      // ioredis says "Connection is closed." where the event before says why.
      throw cause ?? error;
    });
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** The value of a field of an INFO reply. */
function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

/** Connects and asks. Throws like `withRedis`. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const info = await withRedis(url, (redis) => redis.info('server'));
  const redisVersion = field(info, 'redis_version') ?? '0';
  const valkeyVersion = field(info, 'valkey_version');
  return {
    version: valkeyVersion === undefined ? `Redis ${redisVersion}` : `Valkey ${valkeyVersion}`,
    isNewEnough: isNewEnough(redisVersion),
  };
}
