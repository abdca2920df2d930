/** What becomes of events between the client and its handlers: order, failures, bounds. */
import { expect, test } from 'vitest';
import { type ScriptedSocket, scriptedClient, settle } from './scripted-peer.ts';

const channel = 'evaluations';
type Options = Parameters<typeof scriptedClient>[0];

/** A connected client whose channel is confirmed at offset 0. */
async function start(handler: (payload: unknown) => void | Promise<void>, options?: Options) {
  const scripted = scriptedClient(options);
  const order: unknown[] = [];
  const leave = scripted.client.subscribe(channel, async ({ payload }) => {
    await handler(payload);
    order.push(payload);
  });
  scripted.client.on('gap', () => order.push('gap'));
  const socket = await scripted.start();
  socket.accepts();
  confirms(socket, 0, false);
  return { scripted, socket, order, leave };
}

function event(socket: ScriptedSocket, offset: number, payload: unknown = offset): void {
  socket.tells({ type: 'event', channel, offset, payload });
}

function confirms(socket: ScriptedSocket, offset: number, recovered: boolean, epoch = 'a'): void {
  socket.tells({ type: 'subscribed', channel, epoch, offset, recovered });
}

const sinceOf = (socket: ScriptedSocket) => socket.of('subscribe').map(({ since }) => since);

test('handlers run one event after the other, however slow', async () => {
  const begun: string[] = [];
  const { socket, order } = await start(async (payload) => {
    begun.push(`${payload} begins after ${order}`);
    await settle();
  });
  for (const offset of [1, 2, 3]) event(socket, offset);
  for (let turn = 0; turn < 6; turn += 1) await settle();
  expect(begun).toEqual(['1 begins after ', '2 begins after 1', '3 begins after 1,2']);
});

test('an event counts as handled only when the handler has succeeded: until then it is given again, and those after it wait', async () => {
  const failures = [new Error('no network'), new Error('still none')];
  const { scripted, socket, order } = await start((payload) => {
    const failure = payload === 1 && failures.shift();
    if (failure) throw failure;
  });
  event(socket, 1);
  event(socket, 2);
  await settle();
  expect(order).toEqual([]);
  await scripted.clock.advance(999);
  expect(failures).toHaveLength(1);
  await scripted.clock.advance(2_001);
  expect(order).toEqual([1, 2]);
  expect(scripted.told).toMatchObject({
    gaps: [],
    errors: ['handler of evaluations: Error: no network', 'handler of evaluations: Error: still none'],
  });
});

test('a reconnection between two tries neither loses the event nor asks the server for it again', async () => {
  let failing = true;
  const { scripted, socket, order } = await start(
    () => {
      if (failing) throw new Error('not yet');
    },
    { limits: { handlerAttempts: 100 } },
  );
  event(socket, 1);
  socket.closes();
  const next = await scripted.comesBack();
  next.accepts();
  expect(sinceOf(next)).toEqual([{ epoch: 'a', offset: 1 }]);
  confirms(next, 2, true);
  event(next, 2);
  failing = false;
  await scripted.clock.advance(20_000);
  expect(order).toEqual([1, 2]);
});

test('only the handler that failed is given the event again', async () => {
  const { scripted, socket, order } = await start(() => {});
  let tries = 0;
  scripted.client.subscribe(channel, () => {
    tries += 1;
    if (tries === 1) throw new Error('once');
  });
  event(socket, 1);
  await scripted.clock.advance(1_000);
  expect([order, tries]).toEqual([[1], 2]);
});

test('what no try gets into a handler is told as a gap in its place; who failed so is tried once only, until it takes an event', async () => {
  const bad = new Set<unknown>([1, 2, 4]);
  let tries = 0;
  const { scripted, socket, order } = await start((payload) => {
    tries += 1;
    if (bad.has(payload)) throw new Error('bug');
  });
  event(socket, 1);
  await scripted.clock.advance(3_000);
  expect([order, tries]).toEqual([['gap'], 3]);
  event(socket, 2); // others may wait behind a broken handler
  event(socket, 3);
  await settle();
  expect([order, tries]).toEqual([['gap', 'gap', 3], 5]);
  event(socket, 4);
  await scripted.clock.advance(3_000);
  expect([order, tries]).toEqual([['gap', 'gap', 3, 'gap'], 8]);
  expect(scripted.client.metrics).toMatchObject({ handlerFailures: 7, gaps: 3 });
});

test.each([
  [29_999, []],
  [30_000, ['gap', 2]],
])(
  'a handler whose promise does not settle is waited for 30 s: after %i ms the page was told %j',
  async (after_ms, expected) => {
    const { scripted, socket, order } = await start((payload) => (payload === 1 ? new Promise(() => {}) : undefined));
    event(socket, 1);
    event(socket, 2);
    await scripted.clock.advance(after_ms);
    expect(order).toEqual(expected);
  },
);

test.each(['close', 'leave'])('%s leaves no timer of a failed or slow handler', async (how) => {
  for (const handler of [() => Promise.reject(new Error('x')), () => new Promise<void>(() => {})]) {
    const { scripted, socket, leave } = await start(handler);
    const before = scripted.clock.timers;
    event(socket, 1);
    await settle();
    expect(scripted.clock.timers).toBe(before + 1);
    if (how === 'close') scripted.client.close();
    else leave();
    await settle();
    expect(scripted.clock.timers).toBe(how === 'close' ? 0 : before);
  }
});

test('the queue is bounded by size too; one event always fits, and the rest is asked for again', async () => {
  const held = Promise.withResolvers<void>();
  const { scripted, socket, order } = await start((payload) => (payload === 'first' ? held.promise : undefined), {
    limits: { maxQueued_bytes: 300 },
  });
  event(socket, 1, 'first');
  event(socket, 2, 'x'.repeat(300));
  event(socket, 3, 'y');
  held.resolve();
  await settle();
  expect(order).toEqual(['first']);
  expect(sinceOf(socket)).toEqual([undefined, { epoch: 'a', offset: 1 }]);
  confirms(socket, 3, true);
  event(socket, 2, 'x'.repeat(300));
  await settle();
  event(socket, 3, 'y');
  await settle();
  expect(order).toEqual(['first', 'x'.repeat(300), 'y']);
  expect(scripted.client.metrics).toMatchObject({ events: 3, overflows: 1, gaps: 0 });
});

test('handlers that do not keep up bound the queue: what does not fit is asked for again when it is empty', async () => {
  const scripted = scriptedClient();
  const got: number[] = [];
  const held = Promise.withResolvers<void>();
  scripted.client.subscribe(channel, async ({ payload }) => {
    if (payload === 1) await held.promise;
    got.push(payload as number);
  });
  const socket = await scripted.start();
  socket.accepts();
  confirms(socket, 0, false);
  for (let offset = 1; offset <= 10_500; offset += 1) event(socket, offset);
  expect(sinceOf(socket)).toEqual([undefined]);
  held.resolve();
  await settle();
  expect(got).toHaveLength(10_000);
  expect(sinceOf(socket)).toEqual([undefined, { epoch: 'a', offset: 10_000 }]);
  confirms(socket, 10_500, true);
  for (let offset = 10_001; offset <= 10_501; offset += 1) event(socket, offset);
  await settle();
  expect(got).toEqual(Array.from({ length: 10_501 }, (_, index) => index + 1));
  expect(scripted.told.gaps).toEqual([]);
});

test('what does not fit the queue and cannot be asked for again, as with v1.0.0, is told as a gap in its place', async () => {
  const order: unknown[] = [];
  const scripted = scriptedClient();
  const held = Promise.withResolvers<void>();
  scripted.client.subscribe(channel, async ({ payload }) => {
    if (payload === 1) await held.promise;
    order.push(payload);
  });
  scripted.client.on('gap', () => order.push('gap'));
  const socket = await scripted.start();
  socket.accepts();
  socket.tells({ type: 'subscribed', channel });
  for (let payload = 1; payload <= 10_001; payload += 1) socket.tells({ type: 'event', channel, payload });
  held.resolve();
  await settle();
  expect(order).toHaveLength(10_001); // 10,000 that fit, and the gap
  expect(order.at(-1)).toBe('gap');
  socket.tells({ type: 'event', channel, payload: 'next' });
  await settle();
  expect(order.at(-1)).toBe('next');
  expect(scripted.socket.of('subscribe')).toHaveLength(1);
});
