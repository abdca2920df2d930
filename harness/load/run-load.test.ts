import { createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '../processes/free-port.ts';
import { Reaper } from '../processes/reaper.ts';
import type { LoadPlan } from './load-plan.ts';
import { runLoad } from './run-load.ts';
import { serve, serveAndTell, stallingOnce } from './stalling-server.fixture.ts';
import type { Tally } from './tally.ts';

const reaper = await Reaper.found();
afterAll(() => reaper.close());

/** A busy machine is no reason to fail here: what is told apart is told apart by hundreds of ms. */
function run(
  plan: Partial<LoadPlan> & Pick<LoadPlan, 'origin'>,
  signal = new AbortController().signal,
): Promise<Tally> {
  return runLoad(
    {
      request: { method: 'GET', path: '/', status: 200 },
      arrivals: { kind: 'fixed', rate_per_s: 100 },
      duration_ms: 500,
      timeout_ms: 3_000,
      connections: 4,
      seed: 1,
      lag_ms_max: 10_000,
      ...plan,
    },
    { reaper, signal },
  );
}

/** How many durations are at least so long, told by the histogram. */
function countFrom({ latencies }: Tally, least_ms: number): number {
  let count = 0;
  for (let rank = 1; rank <= latencies.count; rank += 1) {
    if (latencies.percentile_ms((100 * rank) / latencies.count) >= least_ms) count += 1;
  }
  return count;
}

describe('a server that stalls', () => {
  test('is seen in the latency of every request that was due meanwhile, on how many connections ever', async () => {
    const { origin } = await serve(stallingOnce(500, 1_000));
    const tally = await run({ origin, connections: 1, duration_ms: 2_000 });
    expect(tally).toMatchObject({ scheduled: 200, sent: 200, succeeded: 200 });
    expect(tally.latencies.count).toBe(200);
    // Due evenly over the second: one in ten waited for over 900 ms, half for over 500. A closed loop has a single one.
    expect(countFrom(tally, 850)).toBeGreaterThanOrEqual(10);
    expect(countFrom(tally, 450)).toBeGreaterThanOrEqual(50);
    expect(tally.latencies.max_ms).toBeGreaterThan(950);
  });

  test('is not seen so where it did not stall', async () => {
    const { origin } = await serve((_request, response) => response.end());
    // The server is in this process, which a busy machine can hold up as it can the generator.
    const turns = monitorEventLoopDelay();
    turns.enable();
    const tally = await run({ origin, connections: 1 });
    turns.disable();
    expect(tally).toMatchObject({ scheduled: 50, sent: 50, succeeded: 50, failed: new Map() });
    const heldUp_ms = tally.lags.max_ms + turns.max / 1e6;
    expect(countFrom(tally, 850 + heldUp_ms)).toBeLessThan(5);
  });

  test('and holds all connections makes the requests fail that it let nobody send, and they count as slow', async () => {
    const { origin } = await serve(() => {});
    const arrivals = { kind: 'fixed', rate_per_s: 1_000 } as const;
    const tally = await run({ origin, connections: 1, arrivals, duration_ms: 300, timeout_ms: 1_000 });
    expect(tally).toMatchObject({ scheduled: 300, succeeded: 0 });
    const { timeout = 0, 'no-connection': unsent = 0, ...others } = Object.fromEntries(tally.failed);
    // The first is sent. When its time is over others follow, a ms apart: not time enough to connect for each.
    expect(timeout).toBeGreaterThan(0);
    expect(unsent).toBeGreaterThan(0);
    expect({ failed: timeout + unsent, sent: timeout, others }).toEqual({ failed: 300, sent: tally.sent, others: {} });
    expect(countFrom(tally, 990)).toBe(300);
  });
});

describe('requests that fail are told apart, and none of them is a quick one', () => {
  test('a status that was not expected', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(503).end());
    const tally = await run({ origin });
    expect(tally).toMatchObject({ scheduled: 50, sent: 50, succeeded: 0, failed: new Map([['status 503', 50]]) });
    expect(countFrom(tally, 2_990)).toBe(50);
  });

  test('a connection that is reset', async () => {
    const { origin } = await serve((request) => request.socket.resetAndDestroy());
    expect(await run({ origin })).toMatchObject({ succeeded: 0, failed: new Map([['reset', 50]]) });
  });

  test('a port that nobody listens on', async () => {
    const tally = await run({ origin: `http://127.0.0.1:${await freePort()}` });
    expect(tally).toMatchObject({ sent: 0, succeeded: 0, failed: new Map([['refused', 50]]) });
  });

  test('bytes that are no HTTP', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('nonsense\r\n\r\n'));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const tally = await run({ origin: `http://127.0.0.1:${port}` });
    server.close();
    expect(tally.succeeded).toBe(0);
    expect([...tally.failed.values()].reduce((sum, count) => sum + count, 0)).toBe(50);
  });
});

describe('listeners', () => {
  const listening = (origin: string): Partial<LoadPlan> => ({
    request: { method: 'POST', path: '/', body: '{id}', status: 200 },
    listeners: {
      url: origin.replace('http', 'ws'),
      count: 3,
      hello: ['hello'],
      ready: '^welcome$',
      arrival: '^event (.*)$',
    },
  });

  test('are waited for, and each arrival is counted, of each process only its own', async () => {
    const { origin } = await serveAndTell(() => true);
    const tally = await run({ origin, ...listening(origin), processes: 2 });
    expect(tally).toMatchObject({ scheduled: 50, succeeded: 50 });
    expect([tally.latencies.count, tally.arrivals.count]).toEqual([50, 150]);
  });

  test('one that does not hear of a request makes it fail, with the whole time-out', async () => {
    const { origin } = await serveAndTell((nth, listener) => nth !== 7 || listener !== 1);
    const tally = await run({ origin, ...listening(origin) });
    expect(tally).toMatchObject({ scheduled: 50, succeeded: 49, failed: new Map([['not-heard', 1]]) });
    expect([tally.latencies.count, tally.arrivals.count]).toEqual([50, 150]);
    expect(tally.arrivals.max_ms).toBeGreaterThan(2_990);
  });

  test('that do not become ready are an error that says why, and nothing is measured', async () => {
    const { origin } = await serve((_request, response) => response.end());
    await expect(run({ origin, ...listening(origin) })).rejects.toThrow(/only 0 of 3 listeners became ready/);
  });
});

test('what is due while warming up is sent and not tallied', async () => {
  let answered = 0;
  const { origin } = await serve((_request, response) => {
    answered += 1;
    response.end();
  });
  expect(await run({ origin, warmUp_ms: 200 })).toMatchObject({ scheduled: 50, sent: 50, succeeded: 50 });
  expect(answered).toBe(70);
});

test('a generator that is late by its own fault voids the measurement, and says by how much', async () => {
  const { origin } = await serve((_request, response) => response.end());
  // No event loop hands over a request within a nanosecond.
  const late = run({ origin, lag_ms_max: 0.000_001 });
  await expect(late).rejects.toThrow(/GENERATOR_LATE|the load generator was late: .* the 99th percentile was/);
  await expect(late).rejects.toMatchObject({ code: 'GENERATOR_LATE' });
});

test('a server that is slow does not void it', async () => {
  const { origin } = await serve(stallingOnce(0, 1_000));
  const tally = await run({ origin, connections: 1, lag_ms_max: 10_000 });
  expect(tally.latencies.max_ms).toBeGreaterThan(900);
  expect(tally.lags.percentile_ms(99)).toBeLessThan(tally.latencies.max_ms);
});

test('aborting ends the generators, and tells the reason', async () => {
  const { origin } = await serve((_request, response) => response.end());
  const reason = new Error('enough');
  const controller = new AbortController();
  const running = run({ origin, duration_ms: 60_000 }, controller.signal);
  setTimeout(() => controller.abort(reason), 500);
  await expect(running).rejects.toBe(reason);
});

test('a plan that makes no sense is refused, with what is wrong', async () => {
  const origin = 'http://127.0.0.1:1';
  await expect(run({ origin, connections: 0, timeout_ms: 61_000 })).rejects.toThrow(
    /timeout_ms is 61000; .*connections is 0|connections is 0; .*timeout_ms is 61000/,
  );
});

test('choices that a process cannot be handed are refused, as many as it can are drawn from', async () => {
  const { origin } = await serve((_request, response) => response.end());
  const drawnFrom = (count: number) => {
    const choices = Array.from({ length: count }, (_, index) => `${index}`.padStart(97, '0'));
    return run({ origin, request: { method: 'GET', path: '/?{choice}', choices, status: 200 } });
  };
  // A hundred bytes each, with quotes and comma.
  expect(await drawnFrom(1_199)).toMatchObject({ scheduled: 50, succeeded: 50 });
  await expect(drawnFrom(1_200)).rejects.toThrow(
    /the request is 1200\d\d bytes long; at most 120000 can be handed over/,
  );
});
