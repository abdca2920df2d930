/** History that is gone when clients come back for it: each must be told, and nobody of what was not lost. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { login, submit } from '../../fixtures/api-client.ts';
import { channelsOf, gather, socketUrl } from '../../fixtures/audience.ts';
import { CommitLedger, type LedgerEntry } from '../../fixtures/commit-ledger.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { forkRandom } from '../../harness/random/random.ts';
import { streamKey } from '../../impl/event-log/scripts.ts';
import { holesIn, untold } from './history.ts';

/** Committed while the clients are away. */
const MISSED = 8;
const CLIENTS = 10;
const ARRIVE_MS = 15_000;
const RETURN_MS = 30_000;

/** What becomes of the log while they are away. */
interface Damage {
  readonly agentId: string;
  /** Events that are left of it. @default all */
  readonly keep?: number;
  /**
   * Both of its keys are gone, as after a failover to an empty server, and the next event begins another log: so many are
   * committed to it before the clients are back.
   */
  readonly beginsAnew?: number;
  /** Of what every client missed on each channel, so much cannot be had any more; the release may give up the rest too. */
  readonly taken: number;
}

const DAMAGES: readonly Damage[] = [
  { agentId: 'kept-whole', taken: 0 },
  { agentId: 'trimmed-to-what-was-missed', keep: MISSED, taken: 0 },
  { agentId: 'trimmed-by-one-more', keep: MISSED - 1, taken: 1 },
  { agentId: 'trimmed-to-one', keep: 1, taken: MISSED - 1 },
  { agentId: 'trimmed-to-nothing', keep: 0, taken: MISSED },
  { agentId: 'begun-anew', beginsAnew: 0, taken: MISSED },
  // Longer than the old one was when they left: its offsets alone do not tell it from that.
  { agentId: 'begun-anew-and-grown', beginsAnew: 2 * MISSED, taken: MISSED },
];

check(
  'tars-1001/lost-history',
  {
    lane: 'functional',
    stack: dashboard,
    measures: { untold: 'channels' },
    facts: [
      'every client came back from every outage',
      'what had been taken away was missing on return, and where nothing had been nothing was',
      'what was committed after the return reached every client',
    ],
    timeout_ms: 180_000,
  },
  async ({ stack, random, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const token = await login(stack, 'operator');
    const ledger = await CommitLedger.open(stack.postgresUrl);
    ends.defer(() => ledger.close());
    const redis = new Redis(stack.redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
    ends.defer(() => redis.disconnect());
    const returns: Return[] = [];
    for (const damage of DAMAGES) {
      const seen = await returnTo(stack, { damage, token, ledger, redis, random: forkRandom(random), signal });
      returns.push(seen);
      observe('untold', seen.untold);
    }
    const tell = (what: (seen: Return) => number) =>
      returns.map((seen, index) => `${DAMAGES[index]?.agentId}: ${what(seen)}`).join(', ');
    fact(
      'every client came back from every outage',
      returns.every(({ back }) => back === CLIENTS),
      tell(({ back }) => back),
    );
    fact(
      'what had been taken away was missing on return, and where nothing had been nothing was',
      returns.every(({ otherwise }) => otherwise === 0),
      `channels otherwise: ${tell(({ otherwise }) => otherwise)}`,
    );
    fact(
      'what was committed after the return reached every client',
      returns.every(({ late }) => late === 0),
      `channels without it: ${tell(({ late }) => late)}`,
    );
  },
);

/** What was seen of one outage. */
interface Return {
  readonly back: number;
  /** For each client and channel, what was not told as it is. */
  readonly untold: readonly number[];
  /** Channels that lack less than was taken, or anything where nothing was. */
  readonly otherwise: number;
  /** Channels without the event that was committed when all were back. */
  readonly late: number;
}

interface Scene {
  readonly damage: Damage;
  readonly token: string;
  readonly ledger: CommitLedger;
  readonly redis: Redis;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

async function returnTo(stack: DashboardServices, scene: Scene): Promise<Return> {
  const { damage, token, ledger, redis, random, signal } = scene;
  const { agentId } = damage;
  const { hostname: host, port } = new URL(stack.api.address);
  const [ofProxy, ofViewers] = [forkRandom(random), forkRandom(random)];
  await using proxy = await FaultProxy.start({ target: { host, port: Number(port) }, random: ofProxy });
  const url = socketUrl(`http://${proxy.host}:${proxy.port}`);
  const first = await ledger.count();
  const viewers = await gather(stack, { url, token, agentId, count: CLIENTS, random: ofViewers, signal });
  try {
    const patience = () => AbortSignal.any([signal, AbortSignal.timeout(ARRIVE_MS)]);
    const commit = async (count: number): Promise<LedgerEntry> => {
      const committed = (await ledger.count()) + count;
      for (let n = 0; n < count; n += 1) await submit(stack.api, token, evaluation(agentId), signal);
      await waitUntil('the commits', async () => (await ledger.count()) >= committed, {
        timeout_ms: ARRIVE_MS,
        signal,
      });
      const last = (await ledger.entries()).at(-1) as LedgerEntry;
      for (const channel of channelsOf(agentId))
        await waitUntil(`the log of ${channel}`, () => endsWith(redis, channel, last), {
          timeout_ms: ARRIVE_MS,
          signal,
        });
      return last;
    };
    const arrive = ({ id }: LedgerEntry) =>
      Promise.all(
        viewers.map((viewer) =>
          viewer.until(() => viewer.over || viewer.channels.every((channel) => has(viewer, channel, id)), patience()),
        ),
      );
    await arrive(await commit(2));
    await proxy.outage();
    await Promise.all(viewers.map((viewer) => viewer.until(() => !viewer.live, patience())));
    await commit(MISSED);
    for (const channel of channelsOf(agentId)) await harm(redis, channel, damage);
    if (damage.beginsAnew) await commit(damage.beginsAnew);
    await proxy.restore();
    const returned = AbortSignal.any([signal, AbortSignal.timeout(RETURN_MS)]);
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.live || viewer.over, returned)));
    const back = viewers.filter((viewer) => viewer.live).length;
    const last = await commit(1);
    await arrive(last);
    const due = (await ledger.entries()).slice(first);
    const late = viewers.flatMap((viewer) =>
      viewer.channels.filter((channel) => !has(viewer, channel, last.id)),
    ).length;
    return { back, ...weigh(viewers, due, damage), late };
  } finally {
    for (const viewer of viewers) viewer.close();
  }
}

function weigh(
  viewers: readonly Viewer[],
  due: readonly LedgerEntry[],
  { taken, beginsAnew }: Damage,
): Pick<Return, 'untold' | 'otherwise'> {
  const channels = viewers.flatMap((viewer) =>
    viewer.channels.map((channel) => {
      const received = viewer.received.get(channel) ?? [];
      const gaps = viewer.gaps.filter((gap) => gap.channel === channel).map(({ after }) => after);
      return {
        untold: untold(holesIn(due, received), gaps, beginsAnew !== undefined),
        lacks: due.length - received.length,
      };
    }),
  );
  return {
    untold: channels.map((one) => one.untold),
    otherwise: channels.filter(({ lacks }) => (taken === 0 ? lacks !== 0 : lacks < taken)).length,
  };
}

function has(viewer: Viewer, channel: string, id: string): boolean {
  return viewer.received.get(channel)?.some((delivery) => delivery.id === id) ?? false;
}

/** Whether the log has got to this event: what is done to it now is done to all that was committed. */
async function endsWith(redis: Redis, channel: string, { id }: LedgerEntry): Promise<boolean> {
  const [last] = await redis.xrevrange(streamKey(channel), '+', '-', 'COUNT', 1);
  return last?.[1].some((field) => field.includes(id)) ?? false;
}

async function harm(redis: Redis, channel: string, { keep, beginsAnew }: Damage): Promise<void> {
  const stream = streamKey(channel);
  if (keep !== undefined) await redis.xtrim(stream, 'MAXLEN', keep);
  if (beginsAnew !== undefined) await redis.del(stream, `${stream}:meta`);
}

function evaluation(agentId: string) {
  return { id: randomUUID(), agentId, region: 'us-east-1', episodes: 1, seed: 1 };
}
