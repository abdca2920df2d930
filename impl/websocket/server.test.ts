/** All connections of a server: who may come, who must go, and how they all go. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { CLOSE, retryHintOf } from './close-codes.ts';
import { type PeerOptions, startPeer } from './event-peer.ts';
import { serveEvents } from './server.ts';

const channel = 'evaluations';
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const soon = { timeout: 5_000, interval: 5 };
const peers: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function start(options: PeerOptions = {}) {
  const peer = await startPeer(serveEvents, options);
  peers.push(peer);
  return peer;
}

test('a client that does not read is closed as slow, live and in a replay, and costs the others nothing', async () => {
  const { client, log, metric } = await start({ limits: { stall_ms: 100, sweep_ms: 50, closeGrace_ms: 100 } });
  const [slow, quick] = [await client('good'), await client('good')];
  for (const each of [slow, quick]) {
    each.send({ type: 'subscribe', channel });
    await each.next('subscribed');
  }
  slow.socket.pause();
  const payload = 'x'.repeat(60_000);
  for (const round of upTo(300)) {
    log.append(channel, payload);
    if (round % 10 === 0) await expect.poll(() => quick.offsets().length, soon).toBe(round);
  }
  expect(await metric('slow_consumers_total')).toBe(1);
  await expect.poll(() => metric('connections'), soon).toBe(1);

  const { epoch } = await log.history(channel);
  const replayed = await client('good');
  replayed.socket.pause();
  replayed.send({ type: 'subscribe', channel, since: { epoch, offset: 0 } });
  await expect.poll(() => metric('slow_consumers_total'), soon).toBe(2);
  await expect.poll(() => metric('connections'), soon).toBe(1);
  expect(await metric('events_replayed_total')).toBeLessThan(300);
});

test('a replay larger than the buffer reaches a client that reads', async () => {
  const { client, log, metric } = await start({ limits: { maxBuffered_bytes: 200_000 } });
  for (let event = 0; event < 300; event += 1) log.append(channel, 'x'.repeat(60_000));
  const { epoch } = await log.history(channel);
  const one = await client('good');
  one.send({ type: 'subscribe', channel, since: { epoch, offset: 0 } });
  await expect.poll(() => one.offsets(), { timeout: 10_000 }).toEqual(upTo(300));
  expect(await metric('slow_consumers_total')).toBe(0);
});

test('a peer that says nothing is ended; one that pings, or answers native pings as v1.0.0 does, is kept', async () => {
  const { client, metric } = await start({ limits: { idle_ms: 1_500, probe_ms: 900, sweep_ms: 50 } });
  const mute = await client('good', '/ws', { autoPong: false });
  const pinging = await client('good', '/ws', { autoPong: false });
  const old = await client('good');
  const timer = setInterval(() => pinging.send({ type: 'ping', id: 1 }), 100);
  expect(await mute.closed).toBe(1006);
  const secondMute = await client('good', '/ws', { autoPong: false });
  expect(await secondMute.closed).toBe(1006);
  clearInterval(timer);
  expect([pinging.socket.readyState, old.socket.readyState]).toEqual([1, 1]);
  expect(await metric('dead_peers_total')).toBe(2);
});

test('a server process that stood still ends nobody whose words it has not read yet', async () => {
  const { client, metric } = await start({ limits: { idle_ms: 1_500, sweep_ms: 50 } });
  const one = await client('good', '/ws', { autoPong: false });
  one.send({ type: 'ping', id: 1 });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_600);
  await one.next('pong');
  expect(await metric('dead_peers_total')).toBe(0);
  expect(await one.closed).toBe(1006);
});

test('draining turns new connections away, closes the open ones with 1012 in slices, and ends those that stay', async () => {
  const { client, server, port, metric } = await start({ limits: { closeGrace_ms: 60_000 } });
  const clients = await Promise.all(upTo(20).map(() => client('good')));
  const stubborn = await client('good');
  stubborn.socket.pause();
  const isOpen = ({ socket }: (typeof clients)[number]) => socket.readyState === socket.OPEN;
  const openAtFirst = Promise.race(clients.map((one) => one.closed)).then(() => clients.filter(isOpen).length);
  const drained = server.drain(2_000);
  const refused = connect(port, '127.0.0.1');
  refused.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  refused.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  expect(String((await once(refused, 'data'))[0])).toMatch(/^HTTP\/1.1 503 /);
  expect(await Promise.all(clients.map((one) => one.closed))).toEqual(clients.map(() => CLOSE.serviceRestart));
  expect(await openAtFirst).toBeGreaterThan(0);
  await expect.poll(() => metric('connections'), soon).toBe(1); // the stubborn one
  await drained;
  expect(await metric('connections')).toBe(0);
  stubborn.socket.resume();
  await stubborn.closed;
});

test('an upgrade elsewhere is answered with 404', async () => {
  const { client } = await start();
  await expect(client('good', '/else')).rejects.toThrow('404');
});

test('a page of another host is answered with 403, unless it is allowed', async () => {
  const { client, port } = await start({ allowedOrigins: ['https://pages.example'] });
  await expect(client('good', '/ws', { origin: 'https://evil.example' })).rejects.toThrow('403');
  await client('good', '/ws', { origin: 'https://pages.example' });
  await client('good', '/ws', { origin: `http://127.0.0.1:${port}` });
});

test('a process that has as many connections as it may answers the next upgrade with 503', async () => {
  const { client, metric } = await start({ limits: { maxConnections: 2 } });
  const [first] = [await client(), await client('good')];
  await expect(client()).rejects.toThrow('503');
  first?.socket.close();
  await expect.poll(() => metric('connections'), soon).toBe(1);
  await client('good');
});

test('whoever is drained is told over how long to come back, by how many there are', async () => {
  const { client, server } = await start({ limits: { returnsPerSecond: 2 } });
  const clients = await Promise.all(upTo(5).map(() => client('good')));
  const reasons = clients.map(async ({ socket }) => String((await once(socket, 'close'))[1]));
  await server.drain(2_000);
  expect((await Promise.all(reasons)).map(retryHintOf)).toEqual([2_500, 2_500, 2_500, 2_500, 2_500]);
});

test.each([0, -1, Number.NaN])(
  'a limit of %d is refused: it would let everything through, or nothing',
  async (idle_ms) => {
    await expect(start({ limits: { idle_ms } })).rejects.toThrow(
      `limits.idle_ms: expected a number above 0, got ${idle_ms}`,
    );
  },
);
