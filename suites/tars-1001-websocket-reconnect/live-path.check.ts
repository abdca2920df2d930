/** The live path under load: what replay and heartbeat cost the dashboards that never lost their connection. */
import { login } from '../../fixtures/api-client.ts';
import { socketUrl } from '../../fixtures/audience.ts';
import { processorTime_ms } from '../../fixtures/processor-time.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import type { CheckContext } from '../../harness/checks/check-definition.ts';
import { measure } from '../../harness/checks/measure.ts';
import type { LoadPlan } from '../../harness/load/load-plan.ts';
import { runLoad } from '../../harness/load/run-load.ts';
import type { Tally } from '../../harness/load/tally.ts';

/** A third of what two cores can do, evenly spaced: no queue in front of the engine, whose code is the same on both arms. */
const ARRIVALS = { kind: 'fixed', rate_per_s: 50 } as const;
const DASHBOARDS = 24;
/** The services compile as they run; what that costs them is not the cost of an event. */
const WARM_UP_MS = 2_000;
const GENERATOR_WARM_UP_MS = 500;
const ALL_HEARD = 'every evaluation was answered and reached every dashboard';
/** For numbers that do not depend on the moment of sending. */
const HOWEVER_LATE = { lag_ms_max: 60_000 };

/** Processor time does not grow while a process waits for a core: this is decided on a busy machine too. */
measure(
  'tars-1001/live-cost',
  {
    stack: dashboard,
    from: 'standard',
    measures: { api_cpu_ms: 'ms' },
    facts: [ALL_HEARD],
    pairs: { least: 7, most: 10 },
    timeout_ms: 40_000,
  },
  async (context) => {
    const load = await warmedUp(context);
    const before_ms = await processorTime_ms(context.stack.api);
    record(context, await load({ duration_ms: 4_000, ...HOWEVER_LATE }));
    context.observe('api_cpu_ms', [(await processorTime_ms(context.stack.api)) - before_ms]);
  },
);

measure(
  'tars-1001/live-latency',
  {
    stack: dashboard,
    from: 'nightly',
    measures: { arrival_p95_ms: 'ms' },
    facts: [ALL_HEARD],
    pairs: { least: 7, most: 30 },
    timeout_ms: 60_000,
  },
  async (context) => {
    const load = await warmedUp(context);
    const tally = await load({ warmUp_ms: GENERATOR_WARM_UP_MS, duration_ms: 8_000 });
    record(context, tally);
    context.observe('arrival_p95_ms', [tally.arrivals.percentile_ms(95)]);
  },
);

type Context = Pick<
  CheckContext<DashboardServices, typeof ALL_HEARD>,
  'stack' | 'reaper' | 'random' | 'signal' | 'fact'
>;
type Load = (how: Pick<LoadPlan, 'duration_ms' | 'warmUp_ms' | 'lag_ms_max'>) => Promise<Tally>;

/** Resolves when the services have worked for a while, with what puts on more of the same load. */
async function warmedUp({ stack, reaper, random, signal }: Context): Promise<Load> {
  const token = await login(stack, 'operator');
  // Each load has a seed of its own: an evaluation submitted again is not a new one.
  const load: Load = (how) =>
    runLoad({ ...planOf(stack, token), seed: Math.floor(random() * 2 ** 31), ...how }, { reaper, signal });
  await load({ duration_ms: WARM_UP_MS, ...HOWEVER_LATE });
  return load;
}

function record({ fact }: Context, { scheduled, failed }: Tally): void {
  const told = [...failed].map(([reason, count]) => `${count} ${reason}`);
  fact(ALL_HEARD, told.length === 0, `${scheduled} submitted, failed: ${told.join(', ') || 'none'}`);
}

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
    timeout_ms: 5_000,
    connections: 10,
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
