/** What connections cost on which nothing happens but the heartbeat: one beat of each, without a proxy between. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Figures } from '../../../harness/benchmarks/benchmark.ts';
import { IDLE } from './conditions.ts';
import type { Peer } from './peer.ts';
import { type Resources, withAudience } from './with-audience.ts';

/**
 * Memory is what the clients added to either process; processor time is of `IDLE.window_ms`, in which each connection
 * beats once, for all `IDLE.clients` together.
 * @throws when a connection did not last until the end
 */
export function measureIdle(peer: Peer, resources: Resources): Promise<Figures> {
  const { clients, settle_ms, window_ms } = IDLE;
  const { signal } = resources;
  return withAudience(peer, resources, async ({ server, audience }) => {
    const usage = async () => ({ server: await server.usage(signal), client: await audience.usage() });
    const address = `127.0.0.1:${server.port}`;
    // The first one loads and compiles what all need.
    await audience.gather(address, 1);
    const empty = await usage();
    await audience.gather(address, clients);
    await wait(settle_ms, undefined, { signal });
    const before = await usage();
    await wait(window_ms, undefined, { signal });
    const after = await usage();
    const lost = (await audience.report()).filter(({ isLive, drops }) => !isLive || drops > 0).length;
    if (lost > 0) throw new Error(`expected ${clients} connections to last; ${lost} were lost while nothing was cut`);
    const figures = (of: 'server' | 'client') => ({
      [`${of}_rss_mb_per_1000`]: (before[of].rss_bytes - empty[of].rss_bytes) / clients / 1_000,
      [`${of}_cpu_ms_per_beat_of_1000`]: ((after[of].cpu_ms - before[of].cpu_ms) / clients) * 1_000,
    });
    return { ...figures('server'), ...figures('client') };
  });
}
