/** The bound on what waits for one client, on a real socket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from './limits.ts';
import { Outbound } from './outbound.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The outbound of a server to one client. */
async function start(maxBuffered_bytes: number) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanUps.push(() => client.terminate());
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown];
  const told = { received: 0, slow: 0 };
  client.on('message', () => {
    told.received += 1;
  });
  const outbound = new Outbound(socket, { ...DEFAULT_LIMITS, maxBuffered_bytes }, () => {
    told.slow += 1;
  });
  socket.on('close', () => outbound.release());
  return { outbound, socket, client, told };
}

/** Sends `rounds` texts for each of so many replays at once: far more than the kernel takes in at once. */
async function replaySideBySide(outbound: Outbound, replays: number, rounds: number): Promise<void> {
  const text = 'x'.repeat(60_000);
  const replay = async () => {
    for (let sent = 0; sent < rounds; sent += 1) expect(await outbound.sendPaced(text)).toBe(true);
  };
  await Promise.all(Array.from({ length: replays }, replay));
}

test('replays side by side wait for each other: a client that reads is never called slow', async () => {
  const { outbound, told } = await start(200_000);
  await replaySideBySide(outbound, 200, 5);
  await expect.poll(() => told.received, { timeout: 10_000 }).toBe(1_000);
  expect(told.slow).toBe(0);
});

test('a replay that waits for a client that does not read is stalled, and let go when the connection ends', async () => {
  const { outbound, client } = await start(200_000);
  client.pause();
  const replay = (async () => {
    while (await outbound.sendPaced('x'.repeat(60_000)));
  })();
  const inTime = () => performance.now() + DEFAULT_LIMITS.stall_ms;
  await expect.poll(() => outbound.isStalled(inTime()), { timeout: 10_000, interval: 5 }).toBe(true);
  expect(outbound.isStalled(performance.now())).toBe(false);
  client.terminate();
  await replay;
  expect(outbound.isStalled(inTime())).toBe(false);
});

test('a long replay leaves nothing behind on a connection that stays open', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const { outbound, socket, told } = await start(200_000);
  let sent = 0;
  /** So many waits: nothing is read until this turn is over. */
  const wait = async (count: number) => {
    for (; socket.bufferedAmount <= 100_000; sent += 1) outbound.send('x'.repeat(60_000));
    await Promise.all(Array.from({ length: count }, () => outbound.sendPaced('x')));
    sent += count;
    await expect.poll(() => told.received, { timeout: 20_000 }).toBe(sent);
  };
  await wait(1_000);
  gc();
  const before_bytes = process.memoryUsage().heapUsed;
  await wait(15_000);
  gc();
  // With 315 bytes left by each wait it was 4 MB.
  expect(process.memoryUsage().heapUsed - before_bytes).toBeLessThan(2_000_000);
});
