/** One connection: tokens, frames, errors. */
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

test('a token that ends says when, so that the client can renew it before; one that does not says nothing', async () => {
  const expiresAt_ms = Date.now() + 60_000;
  const { client } = await start({
    authenticate: async (token) => ({ subject: 'someone', role: 'viewer', ...(token === 'ends' && { expiresAt_ms }) }),
  });
  const one = await client();
  one.send({ type: 'authenticate', token: 'ends' });
  const { expiresIn_ms } = await one.next('authenticated');
  expect(expiresIn_ms).toBeLessThanOrEqual(60_000);
  expect(expiresIn_ms).toBeGreaterThan(30_000);
  one.send({ type: 'authenticate', token: 'lasts' });
  expect(await one.next('authenticated')).toEqual({ type: 'authenticated' });
});

test("a connection is one user's: a token of another one ends it, so that nothing goes on as the first (centrifuge-dart#126)", async () => {
  const { client } = await start({ authenticate: async (subject) => ({ subject, role: 'viewer' }) });
  const one = await client('ada');
  one.send({ type: 'authenticate', token: 'ada' });
  await one.next('authenticated');
  one.send({ type: 'authenticate', token: 'bob' });
  expect(await one.next('error')).toMatchObject({ code: 'unauthorized' });
  expect(await one.closed).toBe(CLOSE.unauthorized);
});
