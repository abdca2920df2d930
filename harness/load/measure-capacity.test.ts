import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../processes/free-port.ts';
import { Reaper } from '../processes/reaper.ts';
import { type Capacity, type CapacityPlan, measureCapacity } from './measure-capacity.ts';
import { serve } from './stalling-server.fixture.ts';

const reaper = await Reaper.found();
afterAll(() => reaper.close());

function measure(
  plan: Partial<CapacityPlan> & Pick<CapacityPlan, 'origin'>,
  signal = new AbortController().signal,
): Promise<Capacity> {
  const request = { method: 'GET', path: '/', status: 200 } as const;
  return measureCapacity(
    { request, connections: 4, duration_ms: 2_000, timeout_ms: 5_000, seed: 1, ...plan },
    { reaper, signal },
  );
}

test('a closed loop asks as often as it is answered: connections over the time of an answer, and no more', async () => {
  let asked = 0;
  const { origin } = await serve(async (_request, response) => {
    asked += 1;
    await wait(50);
    response.end('ok');
  });
  const { succeeded_per_s, tally } = await measure({ origin });
  // A busy machine makes it less, nothing makes it more.
  expect(succeeded_per_s).toBeGreaterThan(0);
  expect(succeeded_per_s).toBeLessThanOrEqual(4 / 0.05 + 4);
  expect(tally.failed.size).toBe(0);
  expect(tally.latencies.count).toBe(tally.succeeded);
  expect(tally.latencies.percentile_ms(1)).toBeGreaterThanOrEqual(49);
  // Those under way at the end came to none.
  expect(asked - tally.succeeded).toBeGreaterThanOrEqual(0);
  expect(asked - tally.succeeded).toBeLessThanOrEqual(4);
});

test('answers while it warms up are not counted', async () => {
  let asked = 0;
  const { origin } = await serve(async (_request, response) => {
    asked += 1;
    await wait(20);
    response.end('ok');
  });
  const { tally } = await measure({ origin, warmUp_ms: 1_000, duration_ms: 1_000 });
  expect(tally.succeeded).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(tally.succeeded + 8);
});

test('time-outs count as failures with the whole time-out, beside what was answered', async () => {
  let asked = 0;
  const { origin } = await serve(async (_request, response) => {
    asked += 1;
    if (asked === 1) return;
    await wait(20);
    response.end('ok');
  });
  const { tally } = await measure({ origin, connections: 2, timeout_ms: 1_000 });
  expect(tally.failed).toEqual(new Map([['timeout', 1]]));
  expect(tally.latencies.max_ms).toBeGreaterThan(990);
  expect(tally.scheduled).toBe(tally.succeeded + 1);
});

test('wrong statuses are failures, and a server that gives nothing else has no capacity', async () => {
  const { origin } = await serve((_request, response) => response.writeHead(503).end());
  const { succeeded_per_s, tally } = await measure({ origin, duration_ms: 1_000 });
  expect(succeeded_per_s).toBe(0);
  expect(tally.failed).toEqual(new Map([['status 503', tally.scheduled]]));
  expect(tally.scheduled).toBeGreaterThan(0);
});

test('a port that nobody listens on, and connections that are closed without an answer, are failures', async () => {
  const closed = await measure({ origin: `http://127.0.0.1:${await freePort()}`, duration_ms: 1_000 });
  expect([...closed.tally.failed.keys()]).toEqual(['refused']);
  const { origin } = await serve((request) => request.socket.end());
  const reset = await measure({ origin, duration_ms: 1_000 });
  expect([...reset.tally.failed.keys()]).toEqual(['reset']);
  expect(reset.succeeded_per_s).toBe(0);
});

test('each request has an id of its own', async () => {
  const bodies = new Set<string>();
  let asked = 0;
  const { origin } = await serve(async (request, response) => {
    asked += 1;
    bodies.add((await request.toArray()).join(''));
    response.end();
  });
  const request = { method: 'POST', path: '/', body: '{id} {number}', status: 200 } as const;
  await measure({ origin, request, duration_ms: 1_000 });
  expect(bodies.size).toBe(asked);
  expect([...bodies][0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \d+$/);
});

test('each request draws one of the choices', async () => {
  const paths = new Set<string | undefined>();
  const { origin } = await serve((request, response) => {
    paths.add(request.url);
    response.end();
  });
  const request = { method: 'GET', path: '/?{choice}', choices: ['a=1', 'b=2', 'c=3'], status: 200 } as const;
  await measure({ origin, request, duration_ms: 1_000 });
  expect([...paths].sort()).toEqual(['/?a=1', '/?b=2', '/?c=3']);
});

test('one that is aborted ends, and tells the reason', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const { origin } = await serve((_request, response) => {
    controller.abort(reason);
    response.end();
  });
  const running = measure({ origin, duration_ms: 600_000 }, controller.signal);
  await expect(running).rejects.toBe(reason);
});

test.for<[Partial<CapacityPlan>, RegExp]>([
  [{ connections: 0 }, /connections is 0/],
  [{ connections: 10_001 }, /connections is 10001/],
  [{ duration_ms: 1_500 }, /duration_ms is 1500; whole seconds from 1000 to 600000/],
  [{ timeout_ms: 61_000 }, /timeout_ms is 61000/],
  [{ request: { method: 'GET', path: '/?{choice}', status: 200 } }, /there are 0 choices; \{choice\} in the request/],
  [{ request: { method: 'GET', path: '/', choices: ['a'], status: 200 } }, /there are 1 choices/],
])('a plan with %o is refused', async ([wrong, says]) => {
  await expect(measure({ origin: 'http://127.0.0.1:1', ...wrong })).rejects.toMatchObject({
    code: 'WRONG_PLAN',
    message: expect.stringMatching(says),
  });
});
