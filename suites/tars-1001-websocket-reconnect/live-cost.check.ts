/** The live path under load: what replay and heartbeat cost while no dashboard loses its connection. */
import { login } from '../../fixtures/api-client.ts';
import { socketUrl } from '../../fixtures/audience.ts';
import { processorTime_ms } from '../../fixtures/processor-time.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import { measure } from '../../harness/checks/measure.ts';
import type { LoadPlan } from '../../harness/load/load-plan.ts';
import { runLoad } from '../../harness/load/run-load.ts';

/** About a fifth of two cores, evenly spaced: no queue forms in front of the engine, whose code is the same on both arms. */
const ARRIVALS = { kind: 'fixed', rate_per_s: 50 } as const;
/** With 24 pairs differed more: ln of their ratios by a standard deviation of 0.116 in place of 0.069, 10 pairs of either. */
const DASHBOARDS = 96;
/** The services compile as they run; what that costs them is not the cost of an event. */
const WARM_UP_MS = 2_000;
const MEASURED_MS = 3_000;
const ALL_HEARD = 'every evaluation was answered and reached every dashboard';

measure(
  'tars-1001/live-cost',
  {
    stack: dashboard,
    from: 'standard',
    measures: { api_cpu_ms: 'ms' },
    facts: [ALL_HEARD],
    pairs: { least: 7, most: 10 },
    timeout_ms: 150_000,
  },
  async ({ stack, reaper, random, signal, observe, fact }) => {
    const token = await login(stack, 'operator');
    // Each load has a seed of its own: an evaluation submitted again is not a new one.
    const load = (duration_ms: number) =>
      runLoad({ ...planOf(stack, token), seed: Math.floor(random() * 2 ** 31), duration_ms }, { reaper, signal });
    const warmUp = await load(WARM_UP_MS);
    const before_ms = await processorTime_ms(stack.api);
    const tally = await load(MEASURED_MS);
    observe('api_cpu_ms', [(await processorTime_ms(stack.api)) - before_ms]);
    const failed = [warmUp, tally].flatMap((one) => [...one.failed].map(([reason, count]) => `${count} ${reason}`));
    fact(ALL_HEARD, failed.length === 0, `${tally.scheduled} submitted; failed: ${failed.join(', ') || 'none'}`);
  },
);

function planOf({ api }: DashboardServices, token: string): Omit<LoadPlan, 'seed' | 'duration_ms'> {
  return {
    origin: api.address,
    request: {
      method: 'POST',
      path: '/api/v1/evaluations',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"id":"{id}","agentId":"live","region":"us-east-1","episodes":1,"seed":{number}}',
      status: 202,
    },
    arrivals: ARRIVALS,
    // That an event arrives is the fact, not how soon: on a machine at load 40 some took longer than 5 s.
    timeout_ms: 30_000,
    connections: 10,
    // Processor time does not depend on the moment of sending: this is decided on a busy machine too.
    lag_ms_max: 60_000,
    listeners: {
      url: socketUrl(api.address),
      count: DASHBOARDS,
      hello: [
        JSON.stringify({ type: 'authenticate', token }),
        JSON.stringify({ type: 'subscribe', channel: 'evaluations' }),
      ],
      ready: '"type":"subscribed"',
      arrival: '"type":"event".*"id":"([^"]+)"',
    },
  };
}
