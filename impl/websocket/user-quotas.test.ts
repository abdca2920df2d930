import { afterEach, expect, test } from 'vitest';
import type { User } from '../release-parts.ts';
import { CLOSE } from './close-codes.ts';
import { type PeerOptions, startPeer } from './event-peer.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { serveEvents } from './server.ts';
import { UserQuotas } from './user-quotas.ts';

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

/** The token is the user. */
const authenticate = async (subject: string): Promise<User> => ({ subject, role: 'viewer' });

test('a user has as many connections as the limit: the next one is asked to come later, others are not touched', async () => {
  const { client, metric } = await start({ authenticate, limits: { maxConnectionsPerUser: 2 } });
  const [first, second] = [await client('ada'), await client('ada')];
  await client('bob');
  const third = await client();
  third.send({ type: 'authenticate', token: 'ada' });
  expect(await third.next('error')).toMatchObject({ code: 'too-many-connections' });
  expect(await third.closed).toBe(CLOSE.tryAgainLater);
  second.send({ type: 'authenticate', token: 'ada' }); // a renewal takes no place
  await second.next('authenticated');
  first.socket.close();
  await first.closed;
  await expect.poll(() => metric('connections'), soon).toBe(2);
  await client('ada');
  expect(await metric('user_limits_total')).toBe(1);
});

test('a user has as many subscriptions as the limit on all connections together, and room again after leaving one', async () => {
  const { client, metric } = await start({ authenticate, limits: { maxSubscriptionsPerUser: 3 } });
  const [one, two, other] = [await client('ada'), await client('ada'), await client('bob')];
  for (const each of [one, other]) {
    for (const channel of ['agents/1', 'agents/2']) {
      each.send({ type: 'subscribe', channel });
      await each.next('subscribed');
    }
  }
  two.send({ type: 'subscribe', channel: 'agents/1' });
  await two.next('subscribed');
  two.send({ type: 'subscribe', channel: 'agents/1' }); // anew
  await two.next('subscribed');
  two.send({ type: 'subscribe', channel: 'agents/2' });
  expect(await two.next('error')).toMatchObject({ code: 'too-many-subscriptions', channel: 'agents/2' });
  one.socket.close();
  await expect.poll(() => metric('connections'), soon).toBe(2);
  for (const channel of ['agents/2', 'agents/3']) {
    two.send({ type: 'subscribe', channel });
    await two.next('subscribed');
  }
  two.send({ type: 'unsubscribe', channel: 'agents/1' });
  two.send({ type: 'subscribe', channel: 'agents/4' });
  await two.next('subscribed');
  expect(await metric('subscriptions')).toBe(5);
});

test('a user that holds nothing any more is forgotten', () => {
  const quotas = new UserQuotas({ ...DEFAULT_LIMITS, maxConnectionsPerUser: 2 });
  const [one, two] = [quotas.take('ada'), quotas.take('ada')];
  expect([quotas.take('ada'), quotas.size]).toEqual([undefined, 1]);
  one?.release();
  expect(quotas.size).toBe(1);
  two?.release();
  expect(quotas.size).toBe(0);
});
