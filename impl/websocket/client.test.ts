import { expect, test, vi } from 'vitest';
import { CLOSE } from './close-codes.ts';
import { type ScriptedSocket, scriptedClient, settle } from './scripted-peer.ts';
import { DEFAULT_CLIENT_LIMITS } from './timings.ts';

test('token and all subscriptions go out in one flight on open, and the acknowledgement makes it connected', async () => {
  const scripted = scriptedClient();
  scripted.client.subscribe('evaluations', () => {});
  scripted.client.subscribe('agents/1', () => {});
  const socket = await scripted.start();
  expect(socket.sent).toEqual([]);
  socket.opens();
  expect(socket.sent).toEqual([
    { type: 'authenticate', token: 'token' },
    { type: 'subscribe', channel: 'evaluations', id: expect.any(Number) },
    { type: 'subscribe', channel: 'agents/1', id: expect.any(Number) },
  ]);
  expect(scripted.client.state).toBe('connecting');
  socket.tells({ type: 'authenticated' });
  expect(scripted.told.states).toEqual(['connecting', 'connected']);
});

test('connecting again changes nothing, mid-retry neither (tutanota#1294, centrifuge-js#225)', async () => {
  const scripted = scriptedClient();
  const socket = await scripted.start();
  scripted.client.connect();
  socket.accepts();
  scripted.client.connect();
  socket.closes();
  scripted.client.connect();
  await scripted.comesBack();
  scripted.client.connect();
  await settle();
  expect(scripted.sockets).toHaveLength(2);
});

test('a token is asked for at each attempt, so that an old one never wins (centrifuge-dart#126)', async () => {
  const tokens = ['first', 'second'];
  const scripted = scriptedClient({ token: async () => tokens.shift() ?? 'none' });
  (await scripted.start()).accepts();
  scripted.socket.closes();
  (await scripted.comesBack()).accepts();
  expect(scripted.sockets.map((socket) => socket.of('authenticate')[0]?.token)).toEqual(['first', 'second']);
});

test('whoever gives tokens is told when the last one was refused, also in the middle of a connection', async () => {
  const asked: boolean[] = [];
  const token = ({ refused }: { refused: boolean }) => {
    asked.push(refused);
    return 'token';
  };
  const scripted = scriptedClient({ token });
  (await scripted.start()).closes();
  (await scripted.comesBack()).closes(CLOSE.unauthorized);
  (await scripted.comesBack()).accepts();
  scripted.socket.closes(CLOSE.unauthorized);
  (await scripted.comesBack()).accepts();
  scripted.socket.closes();
  await scripted.comesBack();
  expect(asked).toEqual([false, false, true, true, false]);
});

test('a token that cannot be had is reported and tried for again', async () => {
  const token = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('offline')).mockResolvedValue('token');
  const scripted = scriptedClient({ token });
  scripted.client.connect();
  await settle();
  expect(scripted.told.errors).toEqual(['cannot connect: Error: offline; reconnecting']);
  (await scripted.comesBack()).accepts();
  expect(scripted.client.state).toBe('connected');
});

test('the first wait stays below the base, later ones below the cap, which leaves 5 s of 30 s beside an attempt into silence', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).closes();
  const waits_ms: number[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    waits_ms.push(await scripted.wait_ms());
    scripted.socket.closes();
  }
  expect(waits_ms).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test.each([
  [4_999, 2_000],
  [5_000, 1_000],
])(
  'after a connection that held for %i ms the next wait is up to %i ms: not open or acknowledgement but a stable spell resets the back-off (reconnecting-websocket#200, y-websocket#74)',
  async (held_ms, wait_ms) => {
    const scripted = scriptedClient();
    (await scripted.start()).closes();
    (await scripted.comesBack()).accepts();
    await scripted.clock.advance(held_ms);
    scripted.socket.closes();
    expect(await scripted.wait_ms()).toBe(wait_ms);
  },
);

test('a server that drops whom it accepts is met with back-off', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  const waits_ms: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    scripted.socket.closes(CLOSE.serviceRestart);
    waits_ms.push(await scripted.wait_ms());
    scripted.socket.accepts();
  }
  expect(waits_ms).toEqual([1_000, 2_000, 4_000, 8_000]);
});

test('a connection that opens but is never acknowledged is given up after 10 s (subscriptions-transport-ws#135)', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).opens();
  await scripted.clock.advance(9_999);
  expect(scripted.socket.closeCodes).toEqual([]);
  await scripted.clock.advance(1);
  expect(scripted.socket.closeCodes).toEqual([1000]);
  expect(scripted.client.state).toBe('reconnecting');
});

test('a token that never comes is given up after 10 s', async () => {
  const scripted = scriptedClient({ token: () => new Promise(() => {}) });
  scripted.client.connect();
  await scripted.clock.advance(10_000);
  expect(scripted.told.errors).toEqual(['no acknowledgement within 10000 ms; reconnecting']);
});

test('the timer of a lost attempt does not touch the next one (reconnecting-websocket#50)', async () => {
  const scripted = scriptedClient();
  const first = await scripted.start();
  await scripted.clock.advance(9_000);
  first.closes();
  const second = await scripted.comesBack();
  second.accepts();
  await scripted.clock.advance(15_000);
  expect(second.closeCodes).toEqual([]);
  expect(scripted.client.state).toBe('connected');
});

test('late words of a socket that was let go are not heard', async () => {
  const scripted = scriptedClient();
  const first = await scripted.start();
  const { onopen, onmessage, onclose } = first;
  await scripted.clock.advance(10_000);
  const second = await scripted.comesBack();
  onopen?.();
  onmessage?.({ data: '{"type":"authenticated"}' });
  onclose?.({ code: 4403, reason: '' });
  expect(first.onmessage).toBeNull();
  expect(scripted.client.state).toBe('reconnecting');
  second.accepts();
  expect(scripted.client.state).toBe('connected');
  expect(scripted.sockets).toHaveLength(2);
});

test('a zombie that is open without a word is left for a new connection, its close not waited for (graphql-ws#289)', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  await scripted.clock.advance(58_999);
  expect(scripted.client.state).toBe('connected');
  await scripted.clock.advance(1);
  expect(scripted.client.state).toBe('reconnecting');
  expect(scripted.told.errors).toEqual(['connection is dead: no answer to pings; reconnecting']);
  await scripted.clock.advance(1_000);
  scripted.socket.accepts();
  expect(scripted.sockets).toHaveLength(2);
  expect(scripted.client.state).toBe('connected');
});

test('an answered ping keeps the connection', async () => {
  const scripted = scriptedClient();
  const socket = await scripted.start();
  socket.accepts();
  for (let second = 0, answered = 0; second < 600; second += 1) {
    await scripted.clock.advance(1_000);
    const pings = socket.of('ping');
    for (const { id } of pings.slice(answered)) socket.tells({ type: 'pong', id });
    answered = pings.length;
  }
  expect(socket.of('ping')).toHaveLength(20);
  expect(scripted.told.states).toEqual(['connecting', 'connected']);
});

test.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000, CLOSE.slowConsumer])(
  'comes back after %i: what counts is who wanted the end (phoenix#3161)',
  async (code) => {
    const scripted = scriptedClient();
    (await scripted.start()).accepts();
    scripted.socket.closes(code);
    expect(scripted.client.state).toBe('reconnecting');
    (await scripted.comesBack()).accepts();
    expect(scripted.told.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
  },
);

test.each([1002, 1003, 1007, 1009, 1010, 4400, 4403, 4499])('is closed for good by %i', async (code) => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  scripted.socket.closes(code, 'why');
  expect(scripted.client.state).toBe('closed');
  expect(scripted.told.errors).toEqual([`WebSocket closed with code ${code} (why); not coming back`]);
  expect(scripted.clock.timers).toBe(0);
});

test('a refused token is asked for anew once, a second refusal is final (rapidpro#6836)', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).closes(CLOSE.unauthorized);
  (await scripted.comesBack()).closes(CLOSE.unauthorized);
  expect(scripted.client.state).toBe('closed');
});

test('refusals with an accepted token between them are not final', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).closes(CLOSE.unauthorized);
  (await scripted.comesBack()).accepts();
  scripted.socket.closes(CLOSE.unauthorized);
  expect(scripted.client.state).toBe('reconnecting');
});

test('a refusal of an attempt that slept through its time is no refusal', async () => {
  const scripted = scriptedClient();
  await scripted.start();
  for (let round = 0; round < 3; round += 1) {
    scripted.socket.opens();
    scripted.clock.sleep(60_000);
    scripted.socket.closes(CLOSE.unauthorized);
    expect(scripted.client.state).toBe('reconnecting');
    await scripted.comesBack();
  }
});

test.each([CLOSE.internalError, CLOSE.policyViolation])('comes back after %i so often and no oftener', async (code) => {
  const scripted = scriptedClient();
  (await scripted.start()).closes(code);
  for (let retry = 1; retry < DEFAULT_CLIENT_LIMITS.limitedRetries; retry += 1)
    (await scripted.comesBack()).closes(code);
  const last = await scripted.comesBack();
  expect(scripted.client.state).toBe('reconnecting');
  last.closes(code);
  expect(scripted.client.state).toBe('closed');
});

test.each([CLOSE.internalError, CLOSE.policyViolation])(
  'comes back after %i any number of times, if it was stable between them',
  async (code) => {
    const scripted = scriptedClient();
    await scripted.start();
    for (let round = 0; round < 3 * DEFAULT_CLIENT_LIMITS.limitedRetries; round += 1) {
      scripted.socket.accepts();
      await scripted.clock.advance(5_000);
      scripted.socket.closes(code);
      await scripted.comesBack();
    }
    expect(scripted.client.state).toBe('reconnecting');
  },
);

test('still comes back after two hundred failures (partykit#322)', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).closes();
  for (let failure = 0; failure < 200; failure += 1) (await scripted.comesBack()).closes();
  (await scripted.comesBack()).accepts();
  expect(scripted.client.state).toBe('connected');
});

test.each<[string, (socket: ScriptedSocket) => unknown]>([
  ['before its socket exists', () => {}],
  ['while connecting', async () => settle()],
  ['while connected', (socket) => socket.accepts()],
  ['while waiting to come back', (socket) => socket.closes()],
])('closed %s it leaves no timer or socket and does not come back (sockette#46)', async (when, prepare) => {
  const scripted = scriptedClient();
  scripted.client.connect();
  if (when !== 'before its socket exists') {
    await settle();
    await prepare(scripted.socket);
  }
  scripted.client.close();
  expect(scripted.clock.timers).toBe(0);
  const opened = scripted.sockets.length;
  await scripted.clock.advance(120_000);
  expect(scripted.sockets).toHaveLength(opened);
  for (const socket of scripted.sockets) {
    expect(socket.readyState).toBeGreaterThan(1);
    expect([socket.onopen, socket.onmessage].every((listener) => listener === null) || socket.readyState === 3).toBe(
      true,
    );
  }
  expect(scripted.told.states.at(-1)).toBe('closed');
  scripted.client.connect();
  expect(scripted.client.state).toBe('closed');
});

test.each(['state', 'subscribed', 'gap', 'error', 'event'])(
  'may be closed inside a handler of %s (centrifuge-js#391)',
  async (name) => {
    const scripted = scriptedClient();
    const { client } = scripted;
    const close = () => client.close();
    client.subscribe('evaluations', name === 'event' ? close : () => {});
    const socket = await scripted.start();
    socket.accepts();
    socket.tells({ type: 'subscribed', channel: 'evaluations', epoch: 'a', offset: 0, recovered: false });
    if (name === 'state' || name === 'error') client.on(name, close);
    if (name === 'subscribed' || name === 'gap') client.on(name, close);
    socket.tells({ type: 'event', channel: 'evaluations', offset: 1, payload: 1 });
    socket.tells({ type: 'subscribed', channel: 'evaluations', epoch: 'b', offset: 9, recovered: false });
    await settle();
    socket.closes();
    await scripted.clock.advance(120_000);
    expect(client.state).toBe('closed');
    expect(scripted.sockets).toHaveLength(1);
    expect(scripted.clock.timers).toBe(0);
    expect(scripted.told.states.filter((state) => state === 'closed')).toHaveLength(1);
  },
);

test('frames that are not of the protocol are passed over', async () => {
  const scripted = scriptedClient();
  const socket = await scripted.start();
  socket.accepts();
  for (const data of ['', '{', 'null', '3', '{"type":7}', '{"type":"new"}', new ArrayBuffer(3)])
    socket.onmessage?.({ data });
  expect(scripted.client.state).toBe('connected');
  expect(scripted.told.errors).toEqual([]);
});

test('an error of the server is told, but not that an older server knows no ping', async () => {
  const scripted = scriptedClient();
  (await scripted.start()).accepts();
  scripted.socket.tells({ type: 'error', code: 'unknown-type', message: 'ping?' });
  scripted.socket.tells({ type: 'error', code: 'unknown-channel', message: 'no' });
  expect(scripted.told.errors).toEqual(['server: unknown-channel: no']);
});
