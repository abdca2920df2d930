import { afterEach, expect, test } from 'vitest';
import { CLOSE } from '../../websocket/close-codes.ts';
import { startPeer } from '../../websocket/event-peer.ts';
import { serveEvents } from './server.ts';

const channel = 'evaluations';
const peers: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function start() {
  const peer = await startPeer(serveEvents);
  peers.push(peer);
  return peer;
}

test('tells live events without offsets, and replays nothing', async () => {
  const { client, log } = await start();
  log.append(channel, 1);
  const one = await client('good');
  one.send({ type: 'subscribe', channel, since: { epoch: 'epoch-1', offset: 0 } });
  expect(await one.next('subscribed')).toEqual({ type: 'subscribed', channel });
  log.append(channel, 2);
  expect(await one.next('event')).toEqual({ type: 'event', channel, payload: 2 });
});

test('goes on with live events after a new epoch, and says nothing of the loss', async () => {
  const { client, log } = await start();
  const one = await client('good');
  one.send({ type: 'subscribe', channel });
  await one.next('subscribed');
  let reads = 0;
  log.beforeHistory = () => {
    reads += 1;
  };
  log.flush(channel);
  await expect.poll(() => reads).toBe(1);
  log.append(channel, 'new');
  expect(await one.next('event')).toEqual({ type: 'event', channel, payload: 'new' });
});

test('acts in the order it was asked: subscribed and left in one flight is left', async () => {
  const { client, log } = await start();
  const one = await client();
  one.send({ type: 'authenticate', token: 'good' });
  one.send({ type: 'subscribe', channel });
  one.send({ type: 'unsubscribe', channel });
  one.send({ type: 'subscribe', channel: 'agents/1' });
  await one.next('authenticated');
  expect(await one.next('subscribed')).toMatchObject({ channel: 'agents/1' });
  expect(log.followed).toEqual(['agents/1']);
});

test('does not know pings', async () => {
  const one = await (await start()).client('good');
  one.send({ type: 'ping', id: 1 });
  expect(await one.next('error')).toMatchObject({ code: 'unknown-type' });
});

test('checks tokens and frames as v1.0.1 does', async () => {
  const { client } = await start();
  const one = await client();
  one.send({ type: 'subscribe', channel });
  expect(await one.next('error')).toMatchObject({ code: 'unauthenticated' });
  one.socket.send('{');
  expect(await one.next('error')).toMatchObject({ code: 'bad-json' });
  one.send({ type: 'subscribe', channel: 'agents/a}b' });
  expect(await one.next('error')).toMatchObject({ code: 'unknown-channel' });
  one.send({ type: 'authenticate', token: 'bad' });
  expect(await one.next('error')).toMatchObject({ code: 'unauthorized' });
  expect(await one.closed).toBe(CLOSE.unauthorized);
  const other = await client('good');
  other.socket.send(Buffer.from('{}'));
  expect(await other.closed).toBe(CLOSE.unsupportedData);
});

test('closes what is open when it goes away', async () => {
  const { client, server } = await start();
  const one = await client('good');
  await server.drain(1_000);
  expect(await one.closed).toBe(CLOSE.goingAway);
});
