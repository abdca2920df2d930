/** Ours beside partysocket, socket.io and centrifuge: coming back after a cut, and what idle connections cost. */
import type { Benchmark, Contender } from '../../../harness/benchmarks/benchmark.ts';
import { forkRandom, seededRandom } from '../../../harness/random/random.ts';
import { clientSize_bytes } from './client-size.ts';
import { IDLE, RECOVERY } from './conditions.ts';
import { measureIdle } from './idle.ts';
import { peersOf } from './peers.ts';
import { measureRecovery } from './recovery.ts';

const { clients, outage_ms } = RECOVERY;

export const benchmark: Benchmark = {
  title: 'WebSocket clients that come back, each on a server of its own, behind one fault proxy',
  measures: [
    'caught_up_p50_ms',
    'caught_up_p95_ms',
    'lost_events',
    'doubled_events',
    'client_gzip_bytes',
    'server_rss_mb_per_1000',
    'server_cpu_ms_per_beat_of_1000',
    'client_rss_mb_per_1000',
    'client_cpu_ms_per_beat_of_1000',
  ],
  rounds: 6,
  timeout_ms: 120_000,
  async prepare(context) {
    const { reaper, seed } = context;
    const { peers, absent } = await peersOf(context);
    const contenders: Contender[] = [];
    for (const peer of peers) {
      const client_gzip_bytes = await clientSize_bytes(peer.entry);
      // Each one's n-th turn has the same outage as any other's.
      const random = forkRandom(seededRandom(seed));
      contenders.push(
        {
          scenario: `${clients} clients cut for ${outage_ms.min / 1_000} to ${outage_ms.max / 1_000} s`,
          name: peer.name,
          version: peer.version,
          async measure(signal) {
            const outage = outage_ms.min + random() * (outage_ms.max - outage_ms.min);
            return { ...(await measureRecovery(peer, outage, { reaper, signal })), client_gzip_bytes };
          },
        },
        {
          scenario: `${IDLE.clients} idle connections`,
          name: peer.name,
          version: peer.version,
          measure: (signal) => measureIdle(peer, { reaper, signal }),
        },
      );
    }
    return { contenders, absent };
  },
};
