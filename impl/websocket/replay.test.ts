/** History and live events, joined without a seam. */
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
