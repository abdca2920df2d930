import { expect, test } from 'vitest';
import type { DashboardEvent } from '../release-parts.ts';
import { CLOSE } from './close-codes.ts';
import { type ScriptedSocket, scriptedClient, settle } from './scripted-peer.ts';

const channel = 'evaluations';

/** A connected client whose channel is confirmed, and what its handler got. */
async function subscribed(offset = 10, position: object = { epoch: 'a', offset, recovered: false }) {
  const scripted = scriptedClient();
  const got: unknown[] = [];
  scripted.client.subscribe(channel, ({ payload }) => void got.push(payload));
  const socket = await scripted.start();
  socket.accepts();
  socket.tells({ type: 'subscribed', channel, ...position });
  return { ...scripted, scripted, socket, got };
}

function event(socket: ScriptedSocket, offset: number): void {
  socket.tells({ type: 'event', channel, offset, payload: offset });
}

function confirms(socket: ScriptedSocket, offset: number, recovered: boolean, epoch = 'a'): void {
  socket.tells({ type: 'subscribed', channel, epoch, offset, recovered });
}

const sinceOf = (socket: ScriptedSocket) => socket.of('subscribe').map(({ since }) => since);

test('the position comes with the confirmation, so a session without events goes on from there (socket.io#4888)', async () => {
  const { scripted, socket, told, got } = await subscribed(10);
  socket.closes();
  const next = await scripted.comesBack();
  next.accepts();
  expect(sinceOf(next)).toEqual([{ epoch: 'a', offset: 10 }]);
  confirms(next, 11, true);
  event(next, 11);
  await settle();
  expect(got).toEqual([11]);
  expect(told.gaps).toEqual([]);
});

test('each new connection asks from where the last one got to (trpc#4122)', async () => {
  const { scripted, got } = await subscribed(0);
  for (let round = 1; round <= 3; round += 1) {
    event(scripted.socket, round);
    scripted.socket.closes();
    (await scripted.comesBack()).accepts();
    expect(sinceOf(scripted.socket)).toEqual([{ epoch: 'a', offset: round }]);
    confirms(scripted.socket, round, true);
  }
  expect(got).toEqual([1, 2, 3]);
});

test('what is not newer than the position is dropped and does not move it back (centrifuge-go#150)', async () => {
  const { socket, got } = await subscribed(10);
  for (const offset of [11, 12, 13, 11, 12, 5, 13, 14]) event(socket, offset);
  confirms(socket, 9, true);
  event(socket, 15);
  await settle();
  expect(got).toEqual([11, 12, 13, 14, 15]);
});

test('a skipped offset is asked for once, and filled in order', async () => {
  const { socket, got, told } = await subscribed(10);
  for (const offset of [11, 14, 15]) event(socket, offset);
  expect(sinceOf(socket)).toEqual([undefined, { epoch: 'a', offset: 11 }]);
  confirms(socket, 15, true);
  for (const offset of [12, 13, 14, 15, 16]) event(socket, offset);
  await settle();
  expect(got).toEqual([11, 12, 13, 14, 15, 16]);
  expect(told.gaps).toEqual([]);
});

test.each([
  ['the server does not vouch for what was missed', { epoch: 'a', recovered: false }],
  ['the epoch is another', { epoch: 'b', recovered: true }],
])('a gap is told when %s, and events go on from the new position', async (_why, reply) => {
  const { scripted, socket, told, got } = await subscribed(10);
  socket.closes();
  const next = await scripted.comesBack();
  next.accepts();
  next.tells({ type: 'subscribed', channel, offset: 3, ...reply });
  event(next, 4);
  await settle();
  expect(told.gaps).toEqual([channel]);
  expect(got).toEqual([4]);
});

test('a gap is told in its place: after the events before it, before those after it', async () => {
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
  confirms(socket, 0, false);
  event(socket, 1);
  event(socket, 2);
  confirms(socket, 8, false, 'b');
  event(socket, 9);
  held.resolve();
  await settle();
  expect(order).toEqual([1, 2, 'gap', 9]);
});

test('a first confirmation is no gap, neither on the first connection nor after one that ended before it', async () => {
  const scripted = scriptedClient();
  scripted.client.subscribe(channel, () => {});
  (await scripted.start()).accepts();
  scripted.socket.closes();
  (await scripted.comesBack()).accepts();
  confirms(scripted.socket, 7, false);
  await settle();
  expect(scripted.told).toMatchObject({ gaps: [], subscribed: [channel] });
});

test('a v1.0.0 server, which counts nothing, is taken at its word; coming back to it is a gap', async () => {
  const { scripted, socket, told, got } = await subscribed(0, {});
  for (const payload of [1, 1, 2]) socket.tells({ type: 'event', channel, payload });
  socket.closes();
  (await scripted.comesBack()).accepts();
  expect(sinceOf(scripted.socket)).toEqual([undefined]);
  scripted.socket.tells({ type: 'subscribed', channel });
  scripted.socket.tells({ type: 'event', channel, payload: 3 });
  await settle();
  expect(got).toEqual([1, 1, 2, 3]);
  expect(told.gaps).toEqual([channel]);
});

test('after 1008 the session is fresh: no position is sent, and the gap is told', async () => {
  const { scripted, socket, told } = await subscribed(10);
  socket.closes(CLOSE.policyViolation);
  (await scripted.comesBack()).accepts();
  expect(sinceOf(scripted.socket)).toEqual([undefined]);
  confirms(scripted.socket, 12, false);
  await settle();
  expect(told.gaps).toEqual([channel]);
});

test('resubscribing inside a handler neither repeats nor loses an event (centrifuge-js#425)', async () => {
  const scripted = scriptedClient();
  const got: unknown[] = [];
  let leave = () => {};
  const handler = ({ payload }: DashboardEvent) => {
    got.push(payload);
    leave();
    leave = scripted.client.subscribe(channel, handler);
  };
  leave = scripted.client.subscribe(channel, handler);
  const socket = await scripted.start();
  socket.accepts();
  confirms(socket, 0, false);
  for (const offset of [1, 2, 3]) event(socket, offset);
  await settle();
  expect(got).toEqual([1, 2, 3]);
  expect(socket.of('subscribe')).toHaveLength(1);
  expect(socket.of('unsubscribe')).toHaveLength(0);
});

test('leaving and joining in one turn, as React StrictMode does, is not seen by the server (partykit#335)', async () => {
  const { client, socket } = await subscribed();
  const leave = client.subscribe('agents/1', () => {});
  leave();
  client.subscribe('agents/1', () => {});
  await settle();
  expect(socket.sent.slice(2)).toEqual([{ type: 'subscribe', channel: 'agents/1', id: expect.any(Number) }]);
});

test('the answer to handlers that have left is not taken for that to their successors: no gap between the two', async () => {
  const { client, socket, told } = await subscribed();
  const name = 'agents/1';
  const leave = client.subscribe(name, () => {});
  leave();
  await settle();
  const got: unknown[] = [];
  client.subscribe(name, ({ payload }) => void got.push(payload));
  const answers = socket.of('subscribe').slice(1);
  expect(answers).toHaveLength(2);
  for (const [index, { id }] of answers.entries())
    socket.tells({ type: 'subscribed', channel: name, epoch: 'c', offset: 5 + index, recovered: false, id });
  socket.tells({ type: 'event', channel: name, offset: 7, payload: 7 });
  await settle();
  expect(told).toMatchObject({ gaps: [], subscribed: [channel, name] });
  expect(got).toEqual([7]);
});

test('the server is told when the last handler of a channel leaves, and only then', async () => {
  const { client, socket } = await subscribed();
  const got: unknown[] = [];
  const leaveFirst = client.subscribe('agents/1', () => void got.push('first'));
  const leaveSecond = client.subscribe('agents/1', () => void got.push('second'));
  socket.tells({ type: 'subscribed', channel: 'agents/1', epoch: 'c', offset: 0, recovered: false });
  leaveFirst();
  await settle();
  expect(socket.of('unsubscribe')).toEqual([]);
  socket.tells({ type: 'event', channel: 'agents/1', offset: 1, payload: 1 });
  leaveSecond();
  leaveSecond();
  await settle();
  socket.tells({ type: 'event', channel: 'agents/1', offset: 2, payload: 2 });
  await settle();
  expect(got).toEqual(['second']);
  expect(socket.of('unsubscribe')).toEqual([{ type: 'unsubscribe', channel: 'agents/1' }]);
});

test('a channel that the server has no room for is not asked for again until another one leaves', async () => {
  const { client, scripted, socket, told } = await subscribed(10);
  client.subscribe('agents/1', () => {});
  const leave = client.subscribe('agents/2', () => {});
  client.subscribe('agents/3', () => {});
  const asked = () => scripted.socket.of('subscribe').map((frame) => frame.channel);
  for (const name of ['agents/1', 'agents/2'])
    socket.tells({ type: 'error', code: 'too-many-subscriptions', message: name, channel: name });
  expect(told.errors).toHaveLength(2);
  socket.closes();
  (await scripted.comesBack()).accepts();
  expect(asked()).toEqual([channel, 'agents/3']);
  leave(); // had no room itself
  await settle();
  expect(asked()).toEqual([channel, 'agents/3']);
  const leaveOther = client.subscribe('agents/4', () => {});
  leaveOther();
  await settle();
  expect(asked()).toEqual([channel, 'agents/3', 'agents/4', 'agents/1']);
});
