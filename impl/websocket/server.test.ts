import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { CLOSE } from './close-codes.ts';
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

test('token and subscription may come in one flight; events follow the position told', async () => {
  const { client, log } = await start();
  for (const payload of [1, 2, 3]) log.append(channel, payload);
  const one = await client();
  one.send({ type: 'authenticate', token: 'good' });
  one.send({ type: 'subscribe', channel });
  one.send({ type: 'ping', id: 'x' });
  await expect.poll(() => one.frames, soon).toHaveLength(3);
  log.append(channel, { four: 4 });
  await expect.poll(() => one.frames, soon).toHaveLength(4);
  const pong = one.frames.findIndex(({ type }) => type === 'pong');
  expect(one.frames.toSpliced(pong, 1)).toEqual([
    { type: 'authenticated' },
    { type: 'subscribed', channel, epoch: 'epoch-1', offset: 3, recovered: false },
    { type: 'event', channel, offset: 4, payload: { four: 4 } },
  ]);
});

test('the answer to a subscription repeats its id, what comes unasked has none', async () => {
  const { client, log } = await start();
  const one = await client();
  one.send({ type: 'authenticate', token: 'good' });
  one.send({ type: 'subscribe', channel, id: 7 });
  await one.next('authenticated');
  expect(await one.next('subscribed')).toMatchObject({ id: 7 });
  log.flush(channel);
  expect(await one.next('subscribed')).toEqual({
    type: 'subscribed',
    channel,
    epoch: 'epoch-2',
    offset: 0,
    recovered: false,
  });
  one.send({ type: 'subscribe', channel, id: 8 });
  expect(await one.next('subscribed')).toMatchObject({ id: 8 });
});

test('a subscription before any token is refused', async () => {
  const one = await (await start()).client();
  one.send({ type: 'subscribe', channel });
  expect(await one.next('error')).toMatchObject({ code: 'unauthenticated' });
});

test('a bad token is refused with 4401, and no token is ever logged', async () => {
  const { client, metric, logged } = await start();
  const one = await client();
  one.send({ type: 'authenticate', token: 'bad' });
  expect(await one.next('error')).toMatchObject({ code: 'unauthorized' });
  expect(await one.closed).toBe(CLOSE.unauthorized);
  await client('secret-token');
  expect(await metric('authentication_failures_total')).toBe(1);
  expect(logged.join()).toContain('closed');
  expect(logged.join()).not.toMatch(/secret-token|"bad"/);
});

test('no token in time and a token that cannot be checked are no refusals: 1013', async () => {
  const limits = { authenticate_ms: 500 };
  const silent = await (await start({ limits })).client();
  expect(await silent.closed).toBe(CLOSE.tryAgainLater);

  const waiting = await (await start({ limits, authenticate: () => new Promise(() => {}) })).client();
  waiting.send({ type: 'authenticate', token: 'good' });
  expect(await waiting.closed).toBe(CLOSE.tryAgainLater);

  const unavailable = Object.assign(new Error('no database'), { code: 'unavailable' });
  const turned = await (await start({ authenticate: () => Promise.reject(unavailable) })).client();
  turned.send({ type: 'authenticate', token: 'good' });
  expect(await turned.next('error')).toMatchObject({ code: 'unavailable' });
  expect(await turned.closed).toBe(CLOSE.tryAgainLater);
});

test('a connection authenticated in time outlives the time for it', async () => {
  const { client } = await start({ limits: { authenticate_ms: 500 } });
  const one = await client('good');
  const silent = await client();
  expect(await silent.closed).toBe(CLOSE.tryAgainLater);
  one.send({ type: 'ping', id: 1 });
  await one.next('pong');
});

test('a connection ends with its token, unless it was given a newer one before', async () => {
  const { client, metric } = await start({
    // A token is the number of milliseconds that it lasts.
    authenticate: async (token) => ({ subject: 'someone', role: 'viewer', expiresAt_ms: Date.now() + Number(token) }),
  });
  const [short, prolonged, long] = [await client('1500'), await client('1500'), await client(`${2 ** 40}`)];
  prolonged.send({ type: 'authenticate', token: '60000' });
  await prolonged.next('authenticated');
  expect(await short.next('error')).toMatchObject({ code: 'unauthorized' });
  expect(await short.closed).toBe(CLOSE.unauthorized);
  for (const one of [prolonged, long]) {
    one.send({ type: 'ping', id: 1 });
    await one.next('pong');
  }
  expect(await metric('authentication_failures_total')).toBe(0);
});

test('twenty errors are answered, the next one closes with 1008', async () => {
  const one = await (await start()).client('good');
  for (let error = 0; error < 20; error += 1) one.socket.send(error % 2 ? '{' : '{"type":"dance"}');
  for (let error = 0; error < 20; error += 1) await one.next('error');
  one.send({ type: 'ping', id: 1 });
  await one.next('pong');
  one.socket.send('');
  expect(await one.closed).toBe(CLOSE.policyViolation);
});

test('a frame of 64 KiB is read, one byte more closes with 1009; a binary frame closes with 1003', async () => {
  const { client } = await start();
  const one = await client('good');
  const frame = (size: number) =>
    JSON.stringify({ type: 'ping', id: 1, pad: '' }).replace('""', `"${'x'.repeat(size - 31)}"`);
  expect(Buffer.byteLength(frame(65_536))).toBe(65_536);
  one.socket.send(frame(65_536));
  await one.next('pong');
  one.socket.send(frame(65_537));
  expect(await one.closed).toBe(CLOSE.messageTooBig);
  const other = await client('good');
  other.socket.send(Buffer.from('{}'));
  expect(await other.closed).toBe(CLOSE.unsupportedData);
});

test('a connection may have as many subscriptions as the limit, and room again after leaving one', async () => {
  const { client, metric } = await start({ limits: { maxSubscriptions: 3 } });
  const one = await client('good');
  for (const name of ['agents/1', 'agents/2', 'agents/3', 'agents/3', 'agents/4'])
    one.send({ type: 'subscribe', channel: name });
  await expect.poll(() => one.frames.map(({ type }) => type), soon).toContain('error');
  await expect
    .poll(() => one.frames.filter(({ type }) => type === 'subscribed').length, soon)
    .toBeGreaterThanOrEqual(3);
  expect(one.frames.find(({ type }) => type === 'error')).toMatchObject({ code: 'too-many-subscriptions' });
  expect(await metric('subscriptions')).toBe(3);
  one.send({ type: 'unsubscribe', channel: 'agents/1' });
  one.send({ type: 'subscribe', channel: 'agents/4' });
  await expect.poll(() => one.frames.some((frame) => frame.channel === 'agents/4'), soon).toBe(true);
});

test('a subscription too many is told by channel, and costs neither the others nor the connection', async () => {
  const { client } = await start();
  const one = await client('good');
  for (const name of upTo(121)) one.send({ type: 'subscribe', channel: `agents/${name}` });
  await expect.poll(() => one.frames.filter(({ type }) => type === 'subscribed').length, soon).toBe(100);
  one.send({ type: 'ping', id: 1 });
  await expect.poll(() => one.frames.at(-1)?.type, soon).toBe('pong');
  const refused = one.frames.filter(({ code }) => code === 'too-many-subscriptions').map((frame) => frame.channel);
  expect(refused).toEqual(upTo(121, 101).map((name) => `agents/${name}`));
});

test('subscriptions begun and ended again and again are bounded', async () => {
  const { client } = await start({ limits: { maxNewSubscriptions: 3, newSubscription_ms: 600_000 } });
  const one = await client('good');
  for (const name of upTo(4)) {
    one.send({ type: 'subscribe', channel: `agents/${name}` });
    expect(await one.next(name < 4 ? 'subscribed' : 'error')).toMatchObject({ channel: `agents/${name}` });
    one.send({ type: 'unsubscribe', channel: `agents/${name}` });
  }
});

test('what was missed is replayed before what is new, page by page', async () => {
  const { client, log, metric } = await start({ page: 4 });
  for (const payload of upTo(20)) log.append(channel, payload);
  const { epoch } = await log.history(channel);
  const one = await client('good');
  one.send({ type: 'subscribe', channel, since: { epoch, offset: 5 } });
  expect(await one.next('subscribed')).toEqual({ type: 'subscribed', channel, epoch, offset: 20, recovered: true });
  for (const offset of upTo(20, 6))
    expect(await one.next('event')).toEqual({ type: 'event', channel, offset, payload: offset });
  log.append(channel, 21);
  expect(await one.next('event')).toMatchObject({ offset: 21 });
  expect(await metric('events_replayed_total')).toBe(15);
  expect(await metric('events_sent_total')).toBe(16);
});

test('nothing is lost or doubled at the seam while events keep coming (centrifugo: MergeNoGapCheck)', async () => {
  const { client, log } = await start({ page: 3 });
  for (const payload of upTo(30)) log.append(channel, payload);
  const { epoch } = await log.history(channel);
  let appended = 30;
  log.beforeHistory = async () => {
    for (let more = 0; more < 2 && appended < 80; more += 1) {
      appended += 1;
      log.append(channel, appended);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const clients = await Promise.all(upTo(5).map(() => client('good')));
  for (const [index, one] of clients.entries())
    one.send({ type: 'subscribe', channel, since: { epoch, offset: index } });
  await expect.poll(() => clients.every((one) => one.offsets().at(-1) === 80), soon).toBe(true);
  for (const [index, one] of clients.entries()) expect(one.offsets()).toEqual(upTo(80, index + 1));
});

test('an event that the feed passed while the answer of the log was on its way is not left out', async () => {
  const { client, log } = await start();
  const [first, second] = [await client('good'), await client('good')];
  first.send({ type: 'subscribe', channel });
  await first.next('subscribed');
  log.afterHistory = async () => {
    log.afterHistory = () => {};
    log.append(channel, 1);
    await first.next('event');
  };
  second.send({ type: 'subscribe', channel });
  expect(await second.next('subscribed')).toMatchObject({ offset: 0 });
  expect(await second.next('event')).toMatchObject({ offset: 1 });
});

test('a channel asked for again while events come in is told anew in order, without repetition', async () => {
  const { client, log } = await start();
  const one = await client('good');
  one.send({ type: 'subscribe', channel });
  const { epoch } = await one.next('subscribed');
  for (const offset of [1, 2, 3]) {
    log.append(channel, offset);
    await one.next('event');
  }
  const witness = await client('good');
  witness.send({ type: 'subscribe', channel });
  await witness.next('subscribed');
  log.afterHistory = async () => {
    log.afterHistory = () => {};
    log.append(channel, 4);
    await witness.next('event');
  };
  one.send({ type: 'subscribe', channel, since: { epoch: String(epoch), offset: 1 } });
  expect(await one.next('subscribed')).toMatchObject({ recovered: true });
  for (const offset of [2, 3, 4]) expect(await one.next('event')).toMatchObject({ offset });
  one.send({ type: 'ping', id: 1 });
  await one.next('pong');
});

test('a hole in what is followed is read from the log, so that the client sees none', async () => {
  const { client, log } = await start();
  const one = await client('good');
  one.send({ type: 'subscribe', channel });
  await one.next('subscribed');
  log.append(channel, 1);
  await one.next('event');
  log.breakTail(channel);
  log.append(channel, 2);
  log.append(channel, 3);
  await expect.poll(() => one.offsets(), soon).toEqual([1, 2, 3]);
  expect(one.frames.filter(({ type }) => type === 'subscribed')).toHaveLength(1);
});

test('what cannot be replayed is told: trimmed away, or gone with the log while the client listened', async () => {
  const { client, log, metric } = await start();
  for (const payload of upTo(10)) log.append(channel, payload);
  log.trim(channel, 5);
  const { epoch } = await log.history(channel);
  const late = await client('good');
  late.send({ type: 'subscribe', channel, since: { epoch, offset: 4 } });
  expect(await late.next('subscribed')).toMatchObject({ epoch, offset: 10, recovered: false });
  const inTime = await client('good');
  inTime.send({ type: 'subscribe', channel, since: { epoch, offset: 5 } });
  expect(await inTime.next('subscribed')).toMatchObject({ epoch, offset: 10, recovered: true });

  log.flush(channel);
  expect(await late.next('subscribed')).toMatchObject({ epoch: 'epoch-2', offset: 0, recovered: false });
  log.append(channel, 'new');
  expect(await late.next('event')).toMatchObject({ offset: 1, payload: 'new' });
  await expect.poll(() => inTime.offsets(), soon).toEqual([...upTo(10, 6), 1]);
  expect(await metric('gaps_total')).toBe(3);
});

test('a log that lost its end behind a feed is not read over and over: everybody is told, and goes on from there', async () => {
  const { client, log } = await start();
  const one = await client('good');
  one.send({ type: 'subscribe', channel });
  await one.next('subscribed');
  for (const offset of upTo(3)) {
    log.append(channel, offset);
    await one.next('event');
  }
  log.rollBack(channel, 2);
  let reads = 0;
  log.beforeHistory = async () => {
    reads += 1;
    if (reads > 10) throw new Error('read over and over');
  };
  const two = await client('good');
  two.send({ type: 'subscribe', channel });
  expect(await two.next('subscribed')).toMatchObject({ offset: 2 });
  expect(await one.next('subscribed')).toMatchObject({ offset: 2, recovered: false });
  log.append(channel, 'new');
  for (const each of [one, two]) expect(await each.next('event')).toMatchObject({ offset: 3, payload: 'new' });
  expect(reads).toBeLessThan(5);
});

test('all connections of a channel share one follower, which ends with the last of them', async () => {
  const { client, log, metric } = await start();
  const [one, two] = [await client('good'), await client('good')];
  for (const each of [one, two]) {
    each.send({ type: 'subscribe', channel });
    await each.next('subscribed');
  }
  expect(log.followed).toEqual([channel]);
  one.send({ type: 'unsubscribe', channel });
  one.send({ type: 'ping', id: 1 });
  await one.next('pong');
  expect(log.followed).toEqual([channel]);
  two.socket.close();
  await two.closed;
  await expect.poll(() => log.followed, soon).toEqual([]);
  expect(await metric('subscriptions')).toBe(0);
  expect(await metric('connections')).toBe(1);
});

test('a log that cannot be read sends the client away for later, and the server goes on', async () => {
  const { client, log } = await start();
  log.failure = new Error('Connection is closed.');
  const one = await client('good');
  one.send({ type: 'subscribe', channel });
  expect(await one.next('error')).toMatchObject({ code: 'unavailable' });
  expect(await one.closed).toBe(CLOSE.tryAgainLater);
  log.failure = undefined;
  const two = await client('good');
  two.send({ type: 'subscribe', channel });
  await two.next('subscribed');
});

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
