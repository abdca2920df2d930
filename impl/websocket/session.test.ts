/** The token of a connection: renewed before it ends, refused once, never an old one. */
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { WebSocketConstructor } from '../release-parts.ts';
import { createEventClient } from './client.ts';
import { CLOSE } from './close-codes.ts';
import { startPeer } from './event-peer.ts';
import { scriptedClient, settle } from './scripted-peer.ts';
import { serveEvents } from './server.ts';

/** Connected with a token that lasts so long; `tokens` are given one after the other. */
async function connected(expiresIn_ms: number, tokens: (string | Error)[]) {
  const asked: object[] = [];
  const scripted = scriptedClient({
    token: async (last) => {
      asked.push(last);
      const token = tokens.shift() ?? 'none';
      if (token instanceof Error) throw token;
      return token;
    },
    // As far before the end as it may be: 2 × 60 s.
    random: () => 0.999_999,
  });
  const socket = await scripted.start();
  socket.opens();
  socket.tells({ type: 'authenticated', expiresIn_ms });
  /** Answers pings for so long. */
  const lives = async (duration_ms: number) => {
    for (let second = 0; second < duration_ms / 1_000; second += 1) {
      await scripted.clock.advance(1_000);
      socket.tells({ type: 'pong', id: 0 });
    }
  };
  return { scripted, socket, asked, lives };
}

test('a newer token is sent before the old one ends, on the same connection, and so on', async () => {
  const { scripted, socket, asked, lives } = await connected(900_000, ['first', 'second', 'third']);
  await lives(779_000);
  expect(socket.of('authenticate')).toHaveLength(1);
  await lives(2_000);
  expect(socket.of('authenticate').map(({ token }) => token)).toEqual(['first', 'second']);
  expect(asked).toEqual([
    { refused: false, expiring: false },
    { refused: false, expiring: true },
  ]);
  socket.tells({ type: 'authenticated', expiresIn_ms: 900_000 });
  await lives(781_000);
  expect(socket.of('authenticate').map(({ token }) => token)).toEqual(['first', 'second', 'third']);
  expect(scripted.told.states).toEqual(['connecting', 'connected']);
  expect(scripted.client.metrics).toMatchObject({ connections: 1, reconnects: 0 });
});

test('those who logged in together do not renew together: between once and twice the time before the end', async () => {
  const renewedAt = async (random: () => number) => {
    const scripted = scriptedClient({ random, token: ({ expiring }) => (expiring ? 'newer' : 'first') });
    const socket = await scripted.start();
    socket.opens();
    socket.tells({ type: 'authenticated', expiresIn_ms: 900_000 });
    for (let second = 0; second < 900; second += 1) {
      await scripted.clock.advance(1_000);
      socket.tells({ type: 'pong', id: 0 });
      if (socket.of('authenticate').length > 1) return second + 1;
    }
    return 'never';
  };
  expect(await renewedAt(() => 0)).toBe(840);
  expect(await renewedAt(() => 0.5)).toBe(810);
});

test('of a short-lived token half is used before the next is asked for', async () => {
  const { socket, lives } = await connected(20_000, ['first', 'second']);
  await lives(9_000);
  expect(socket.of('authenticate')).toHaveLength(1);
  await lives(1_000);
  expect(socket.of('authenticate')).toHaveLength(2);
});

test('the same token again is not sent: the connection ends with it, and the next one asks for another', async () => {
  const { scripted, socket, asked, lives } = await connected(900_000, ['same', 'same', 'new']);
  await lives(800_000);
  expect(socket.of('authenticate')).toHaveLength(1);
  socket.closes(CLOSE.unauthorized);
  await scripted.comesBack();
  expect(asked.at(-1)).toMatchObject({ refused: true });
});

test('no newer token is reported, and costs no more than the connection in its time', async () => {
  const { scripted, lives } = await connected(900_000, ['first', new Error('offline')]);
  await lives(800_000);
  expect(scripted.told.errors).toEqual(['no newer token: Error: offline']);
  expect(scripted.client.state).toBe('connected');
});

test('a token that comes after the connection has ended is not sent, and no timer is left', async () => {
  const late = Promise.withResolvers<string>();
  const token = vi.fn<() => string | Promise<string>>().mockReturnValueOnce('first').mockReturnValue(late.promise);
  const scripted = scriptedClient({ token });
  const socket = await scripted.start();
  socket.opens();
  socket.tells({ type: 'authenticated', expiresIn_ms: 20_000 });
  await scripted.clock.advance(10_000);
  expect(token).toHaveBeenCalledTimes(2);
  scripted.client.close();
  late.resolve('late');
  await settle();
  expect(socket.of('authenticate')).toHaveLength(1);
  expect(scripted.clock.timers).toBe(0);
});

test('with the real server the connection outlives its first token', async () => {
  const accepted: string[] = [];
  const peer = await startPeer(serveEvents, {
    authenticate: async (token) => {
      accepted.push(token);
      const lasts_ms = token === 'first' ? 6_000 : 600_000;
      return { subject: 'someone', role: 'viewer', expiresAt_ms: Date.now() + lasts_ms };
    },
  });
  const client = createEventClient({
    url: peer.url,
    token: ({ expiring }) => (expiring ? 'second' : 'first'),
    WebSocket: WebSocket as unknown as WebSocketConstructor,
  });
  try {
    client.connect();
    await expect.poll(() => accepted, { timeout: 20_000 }).toEqual(['first', 'second']);
    expect([client.state, client.metrics?.connections]).toEqual(['connected', 1]);
  } finally {
    client.close();
    await peer.stop();
  }
});
