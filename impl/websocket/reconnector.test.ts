/** When the client comes back besides after its wait, and when it does not: environment, feature flag, signal, hint. */
import { expect, test } from 'vitest';
import { CLOSE, retryHint, retryHintOf } from './close-codes.ts';
import { scriptedClient, settle } from './scripted-peer.ts';

/** A client that waits up to 15 s to come back. */
async function waiting(options: Parameters<typeof scriptedClient>[0] = {}) {
  const scripted = scriptedClient(options);
  (await scripted.start()).closes();
  for (let failure = 0; failure < 4; failure += 1) (await scripted.comesBack()).closes();
  return scripted;
}

test.each(['online', 'shown'] as const)('a wait is cut to at most the first one by %s', async (change) => {
  const scripted = await waiting();
  scripted.environment.tells(change);
  expect(await scripted.wait_ms()).toBe(1_000);
});

test('a wait that ends sooner is left as it is', async () => {
  const scripted = await waiting();
  await scripted.clock.advance(14_900);
  scripted.environment.tells('online');
  expect(await scripted.wait_ms()).toBe(100);
});

test('offline is no proof: attempts go on', async () => {
  const scripted = await waiting();
  scripted.environment.tells('offline');
  expect(await scripted.wait_ms()).toBe(15_000);
});

test('however often the network and the page come back, there is one socket (tutanota#1294, centrifuge-js#225)', async () => {
  const scripted = await waiting();
  const opened = scripted.sockets.length;
  for (const change of ['online', 'shown', 'online', 'offline', 'online'] as const) scripted.environment.tells(change);
  await scripted.comesBack();
  scripted.environment.tells('online'); // while connecting
  scripted.client.connect();
  await settle();
  scripted.socket.accepts();
  scripted.environment.tells('shown'); // while connected
  await scripted.clock.advance(5_000);
  expect(scripted.sockets).toHaveLength(opened + 1);
  expect(scripted.client.state).toBe('connected');
});

test('coming back early does not reset the back-off', async () => {
  const scripted = await waiting();
  scripted.environment.tells('online');
  (await scripted.comesBack()).closes();
  expect(await scripted.wait_ms()).toBe(15_000);
});

test.each(['online', 'offline', 'shown'] as const)(
  'after %s a live connection is asked at once, and one that answers is kept (centrifuge-js#423)',
  async (change) => {
    const scripted = scriptedClient();
    const socket = await scripted.start();
    socket.accepts();
    await scripted.clock.advance(7_000);
    scripted.environment.tells(change);
    scripted.environment.tells(change);
    expect(socket.of('ping')).toHaveLength(1);
    await scripted.clock.advance(9_999);
    socket.tells({ type: 'pong', id: 1 });
    await scripted.clock.advance(30_000);
    expect(scripted.client.state).toBe('connected');
  },
);

test('a connection that died in sleep is left 10 s after the page is shown, not 60', async () => {
  const scripted = scriptedClient();
  const socket = await scripted.start();
  socket.accepts();
  await scripted.clock.advance(1_000);
  scripted.environment.tells('shown');
  await scripted.clock.advance(9_999);
  expect(scripted.client.state).toBe('connected');
  await scripted.clock.advance(1);
  expect(scripted.client.state).toBe('reconnecting');
});

test('asking does not put off the verdict of a dead connection', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  await scripted.clock.advance(58_000);
  scripted.environment.tells('offline');
  await scripted.clock.advance(1_000);
  expect(scripted.client.state).toBe('reconnecting');
});

test('a healthy connection whose timers slept is given the whole time to answer after the page is shown', async () => {
  for (const asleep_ms of [1, 30_001, 58_998]) {
    const scripted = scriptedClient();
    const socket = await scripted.start();
    socket.accepts();
    await scripted.clock.advance(asleep_ms);
    scripted.clock.sleep(3_600_000);
    scripted.environment.tells('shown');
    await scripted.clock.advance(9_999);
    socket.tells({ type: 'pong', id: 1 });
    expect(scripted.client.state, `asleep at ${asleep_ms} ms`).toBe('connected');
  }
});

test('it listens while it lives: no listener before it connects, none twice, none after it is closed (centrifuge-js#389)', async () => {
  const scripted = scriptedClient();
  expect(scripted.environment.listeners).toBe(0);
  (await scripted.start()).closes();
  await scripted.comesBack();
  expect(scripted.environment.listeners).toBe(1);
  scripted.client.close();
  expect(scripted.environment.listeners).toBe(0);
  const refused = scriptedClient();
  (await refused.start()).closes(4403);
  expect(refused.environment.listeners).toBe(0);
});

test('with reconnection turned off it stays disconnected after a loss, as v1.0.0, until it is connected again', async () => {
  let on = false;
  const scripted = scriptedClient({ mayReconnect: () => on });
  (await scripted.start()).accepts();
  scripted.socket.closes();
  expect(scripted.told.states).toEqual(['connecting', 'connected', 'disconnected']);
  expect(scripted.told.errors).toEqual(['WebSocket closed with code 1006; reconnection is turned off']);
  expect(scripted.clock.timers).toBe(0);
  scripted.environment.tells('online');
  await scripted.clock.advance(60_000);
  expect(scripted.sockets).toHaveLength(1);
  on = true;
  scripted.client.connect();
  await settle();
  scripted.socket.accepts();
  scripted.socket.closes();
  (await scripted.comesBack()).accepts();
  expect(scripted.client.state).toBe('connected');
});

test('reconnection turned off while it waits ends the waiting when the wait is over', async () => {
  let on = true;
  const scripted = scriptedClient({ mayReconnect: () => on });
  (await scripted.start()).closes();
  on = false;
  await scripted.clock.advance(1_000);
  expect(scripted.client.state).toBe('disconnected');
  expect(scripted.sockets).toHaveLength(1);
  expect(scripted.clock.timers).toBe(0);
});

test('a code that is final is final also with reconnection turned off', async () => {
  const scripted = scriptedClient({ mayReconnect: () => false });
  (await scripted.start()).closes(4403);
  expect(scripted.client.state).toBe('closed');
});

test('an aborted signal closes it, and a closed one leaves the signal alone', async () => {
  const abort = new AbortController();
  const scripted = scriptedClient({ signal: abort.signal });
  (await scripted.start()).accepts();
  abort.abort();
  expect(scripted.client.state).toBe('closed');
  expect([scripted.clock.timers, scripted.environment.listeners]).toEqual([0, 0]);

  const { signal } = new AbortController();
  let listeners = 0;
  const counted = new Proxy(signal, {
    get: (target, name) => {
      if (name === 'addEventListener') listeners += 1;
      if (name === 'removeEventListener') listeners -= 1;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const other = scriptedClient({ signal: counted });
  expect(listeners).toBe(1);
  other.client.close();
  expect(listeners).toBe(0);
});

test('made with a signal that is aborted already it is closed and does not connect', async () => {
  const scripted = scriptedClient({ signal: AbortSignal.abort() });
  scripted.client.connect();
  await settle();
  expect(scripted.client.state).toBe('closed');
  expect(scripted.sockets).toHaveLength(0);
});

test.each([
  [500, 1_000],
  [4_000, 4_000],
  [999_999, 15_000],
])('asked to spread its return over %i ms it waits up to %i ms', async (spread_ms, wait_ms) => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  scripted.socket.closes(CLOSE.serviceRestart, retryHint('restart', spread_ms));
  expect(await scripted.wait_ms()).toBe(wait_ms);
});

test.each(['', 'restart', 'retry_ms=', 'retry_ms=-5', 'retry_ms=1e9', 'retry_ms=12345678'])(
  'a reason without a hint that makes sense is none: %j',
  (reason) => {
    expect(retryHintOf(reason)).toBe(0);
  },
);
