/** Outages of up to 10 s, as a router that restarts or a train in a tunnel makes them: how long the clients stay away on average. */
import { login } from '../../fixtures/api-client.ts';
import { type Audience, gatherBehindProxy, timeAway } from '../../fixtures/audience.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import type { CheckContext } from '../../harness/checks/check-definition.ts';
import { pause, realTimings } from '../../harness/network/timings.ts';
import { forkRandom } from '../../harness/random/random.ts';
import { type PlannedOutage, planOutages } from './outage-plan.ts';

const AGENT = 'short-outages';
/** Of one outage: they lose their connections at the same moment and find the network back at the same moment. */
const CLIENTS = 3;
/** Outages whose clients connect at once. */
const AT_ONCE = 6;
/** A client that does not return counts with it; the promise's ceiling is the same. */
const WATCH_MS = 31_000;
const ALL_DROPPED = 'every outage ended the connections of all its clients';

const measures = { away_after_short_outage_ms: 'ms' } as const;
type Context = CheckContext<DashboardServices, typeof ALL_DROPPED, typeof measures>;

check(
  'tars-1001/short-outages',
  { lane: 'waiting', stack: dashboard, from: 'standard', measures, facts: [ALL_DROPPED], timeout_ms: 240_000 },
  async (context) => {
    const { stack, random, commonRandom, signal, fact } = context;
    await using ends = new AsyncDisposableStack();
    const token = await login(stack, 'operator');
    const planned = planOutages(commonRandom);
    const audiences: Audience[] = [];
    for (let first = 0; first < planned.length; first += AT_ONCE) {
      const some = planned.slice(first, first + AT_ONCE).map(() => forkRandom(random));
      const options = { token, agentId: AGENT, count: CLIENTS, signal };
      audiences.push(
        ...(await Promise.all(some.map((own) => gatherBehindProxy(stack, { ...options, random: own }, ends)))),
      );
    }
    const dropped = await Promise.all(
      audiences.map((audience, index) => suffer(context, audience, planned[index] as PlannedOutage)),
    );
    const unharmed = dropped.filter((all) => !all).length;
    fact(ALL_DROPPED, unharmed === 0, `${planned.length - unharmed} of ${planned.length}`);
  },
);

/** Takes the network of a few clients away and gives it back. @returns whether all of them noticed */
async function suffer(
  { signal, observe }: Context,
  { proxy, viewers }: Audience,
  { begins_ms, begin, end, length_ms }: PlannedOutage,
): Promise<boolean> {
  await pause(realTimings, begins_ms, signal);
  const over = pause(realTimings, length_ms, signal);
  for (const fault of begin) await proxy.apply(fault);
  await over;
  const dropped = viewers.every((viewer) => viewer.drops > 0);
  await proxy.apply(end);
  const t0 = new Date();
  // A batch an outage: what its clients met was the same, so they are not independent of each other.
  const away_ms = await timeAway(viewers, WATCH_MS, signal);
  signal.throwIfAborted();
  observe('away_after_short_outage_ms', away_ms, { t0 });
  return dropped;
}
