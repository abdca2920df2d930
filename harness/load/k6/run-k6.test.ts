import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { k6 } from '../../components/k6/k6.ts';
import { startComponent } from '../../components/start-component.ts';
import { testContext } from '../../components/test-context.ts';
import { freePort } from '../../processes/free-port.ts';
import type { LoadPlan } from '../load-plan.ts';
import { runLoad } from '../run-load.ts';
import { serve } from '../stalling-server.fixture.ts';
import { runK6 } from './run-k6.ts';

const context = await testContext();
mkdirSync(context.logFolder, { recursive: true });
afterAll(() => context.close());
const { reaper } = context;
const component = await startComponent(k6, context);
if (component.status === 'missing') throw new Error(component.reason);
const { url } = component;

const BOTH = {
  k6: (plan: LoadPlan, signal: AbortSignal) => runK6(plan, { url, reaper, signal }),
  ours: (plan: LoadPlan, signal: AbortSignal) => runLoad(plan, { reaper, signal }),
};
type Who = keyof typeof BOTH;

function run(who: Who, plan: Partial<LoadPlan> & Pick<LoadPlan, 'origin'>, signal = new AbortController().signal) {
  return BOTH[who](
    {
      request: { method: 'POST', path: '/?id={id}', body: '{id} {number}', status: 200 },
      arrivals: { kind: 'fixed', rate_per_s: 50 },
      duration_ms: 2_000,
      timeout_ms: 3_000,
      connections: 30,
      seed: 1,
      lag_ms_max: 10_000,
      ...plan,
    },
    signal,
  );
}

describe.each<Who>(['ours', 'k6'])('the same plan, run by %s', (who) => {
  test('reaches the server with as many requests as it tells, each with an id of its own, warm-up apart', async () => {
    const ids = new Set<string>();
    const { origin } = await serve(async (request, response) => {
      ids.add((await request.toArray()).join('').split(' ')[0] ?? '');
      await wait(40);
      response.end();
    });
    const tally = await run(who, { origin, warmUp_ms: 500 });
    expect(ids.size).toBe(125);
    expect(tally).toMatchObject({ scheduled: 100, sent: 100, succeeded: 100, failed: new Map() });
    expect(tally.latencies.count).toBe(100);
    // Nobody is told of an answer before it was given.
    expect(tally.latencies.percentile_ms(1)).toBeGreaterThanOrEqual(38);
    expect(tally.latencies.percentile_ms(50)).toBeLessThan(3_000);
    expect(tally.cpu_ms).toBeGreaterThan(0);
  });

  test('tells every failure by its reason, with the whole time-out', async () => {
    let asked = 0;
    const { origin } = await serve((request, response) => {
      asked += 1;
      if (asked % 4 === 1) response.writeHead(503).end();
      else if (asked % 4 === 2) request.socket.destroy();
      else response.end();
    });
    const tally = await run(who, { origin });
    expect(tally).toMatchObject({ scheduled: 100, succeeded: 50 });
    expect(tally.failed).toEqual(
      new Map([
        ['reset', 25],
        ['status 503', 25],
      ]),
    );
    expect(tally.latencies.percentile_ms(99)).toBeGreaterThan(2_990);
  });

  test('tells of time-outs, and of a port that nobody listens on', async () => {
    const { origin } = await serve(() => {});
    const few = { arrivals: { kind: 'fixed', rate_per_s: 10 }, duration_ms: 1_000 } as const;
    const silent = await run(who, { origin, ...few, timeout_ms: 2_000 });
    expect(silent).toMatchObject({ sent: 10, succeeded: 0, failed: new Map([['timeout', 10]]) });
    const closed = await run(who, { origin: `http://127.0.0.1:${await freePort()}`, ...few });
    expect(closed).toMatchObject({ scheduled: 10, sent: 0, succeeded: 0, failed: new Map([['refused', 10]]) });
  });

  test('ends when it is aborted, and tells the reason', async () => {
    const { origin } = await serve((_request, response) => response.end());
    const reason = new Error('enough');
    const controller = new AbortController();
    const running = run(who, { origin, duration_ms: 60_000 }, controller.signal);
    setTimeout(() => controller.abort(reason), 700);
    await expect(running).rejects.toBe(reason);
  });
});

test('k6 that finds every connection held sends less than was asked for, which is an error and no figure', async () => {
  const { origin } = await serve(() => {});
  await expect(run('k6', { origin, connections: 1, duration_ms: 1_000, timeout_ms: 1_000 })).rejects.toMatchObject({
    code: 'NO_DATA',
    message: expect.stringMatching(/k6 did not keep to its plan: (http_reqs count>=50|dropped_iterations count==0)/),
  });
});

test.for<[Partial<LoadPlan>, RegExp]>([
  [{ arrivals: { kind: 'poisson', rate_per_s: 10 } }, /arrivals\.kind is poisson/],
  [{ arrivals: { kind: 'fixed', rate_per_s: 0.5 } }, /rate_per_s is 0\.5/],
  [{ duration_ms: 999 }, /duration_ms is 999/],
  [{ processes: 2 }, /processes is 2/],
])('what k6 cannot do is refused: %o', async ([wrong, says]) => {
  await expect(run('k6', { origin: 'http://127.0.0.1:1', ...wrong })).rejects.toMatchObject({
    code: 'WRONG_PLAN',
    message: expect.stringMatching(says),
  });
});

test('a k6 that ends otherwise is an error with what it said', async () => {
  const broken = new URL('file:///bin/false').href;
  const plan = { origin: 'http://127.0.0.1:1', request: { method: 'GET', path: '/', status: 200 } as const };
  const whole: LoadPlan = {
    ...plan,
    arrivals: { kind: 'fixed', rate_per_s: 1 },
    duration_ms: 1_000,
    timeout_ms: 1_000,
    connections: 1,
    seed: 1,
  };
  const running = runK6(whole, { url: broken, reaper, signal: new AbortController().signal });
  await expect(running).rejects.toMatchObject({ code: 'NO_DATA', message: expect.stringContaining('exit code 1') });
});
