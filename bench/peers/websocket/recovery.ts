/** One cut of all connections of one contender: how long until each client has what it missed, and what it never gets. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Figures } from '../../../harness/benchmarks/benchmark.ts';
import { FaultProxy } from '../../../harness/network/proxy.ts';
import { RECOVERY } from './conditions.ts';
import type { Peer } from './peer.ts';
import { startPublisher } from './publisher.ts';
import { recoveryFigures } from './recovery-figures.ts';
import { type Resources, withAudience } from './with-audience.ts';

const POLL_MS = 50;

/**
 * @param outage_ms from the reset of all connections, with the port shut, until it is open again
 * @throws when not all clients were cut and came back: what such a turn shows is no measurement of recovery
 */
export function measureRecovery(peer: Peer, outage_ms: number, resources: Resources): Promise<Figures> {
  const { clients, event_every_ms, before_ms, patience_ms, after_ms } = RECOVERY;
  const { signal } = resources;
  return withAudience(peer, resources, async ({ server, audience }) => {
    await using proxy = await FaultProxy.start({ target: { host: '127.0.0.1', port: server.port } });
    await audience.gather(`127.0.0.1:${proxy.port}`, clients);
    const publisher = startPublisher(server.publish, { every_ms: event_every_ms, signal });
    await wait(before_ms, undefined, { signal });
    await proxy.outage({ how: 'refuse' });
    await wait(outage_ms, undefined, { signal });
    // What the server has taken by now is what was missed.
    const missed = publisher.last;
    await proxy.restore();
    const back_ms = Number(process.hrtime.bigint()) / 1e6;
    const patience_end_ms = performance.now() + patience_ms;
    while ((await audience.caughtUp(missed)) < clients && performance.now() < patience_end_ms) {
      await wait(POLL_MS, undefined, { signal });
    }
    await wait(after_ms, undefined, { signal });
    await publisher.end();
    await allHave(publisher.last);
    return recoveryFigures(await audience.report(), { missed, last: publisher.last, back_ms });

    /** The last event is on its way when the publisher has ended. */
    async function allHave(number: number) {
      const end_ms = performance.now() + patience_ms;
      while ((await audience.caughtUp(number)) < clients && performance.now() < end_ms) {
        await wait(POLL_MS, undefined, { signal });
      }
    }
  });
}
