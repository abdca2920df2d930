/** Latency, jitter and bandwidth on real sockets: every byte arrives, in order, and not too soon. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededRandom } from '../random/random.ts';
import { ManualTimings } from './testing/manual-timings.ts';
import { eventually, PlainServer, path } from './testing/peers.ts';

const MB = 1_000_000;

test('10 MB under latency, jitter and a bandwidth limit arrive whole, in order, no faster than allowed', async () => {
  const sent = randomBytes(10 * MB);
  const finished = Promise.withResolvers<string>();
  const server = await PlainServer.start(({ socket }) => {
    const hash = createHash('sha256');
    socket.on('data', (chunk) => hash.update(chunk));
    socket.on('end', () => finished.resolve(hash.digest('hex')));
  });
  await using ends = await path({ random: seededRandom(7) }, server);
  await ends.proxy.apply({ kind: 'latency', ms: 20, jitter_ms: 10 });
  await ends.proxy.apply({ kind: 'bandwidth', bytes_per_s: 20 * MB });
  const start_ms = performance.now();
  ends.client.socket.end(sent);
  expect(await finished.promise).toBe(createHash('sha256').update(sent).digest('hex'));
  expect(performance.now() - start_ms).toBeGreaterThanOrEqual(500 + 20);
  const { clientToServer } = ends.connection.snapshot();
  expect(clientToServer).toMatchObject({
    received_bytes: 10 * MB,
    delivered_bytes: 10 * MB,
    swallowed_bytes: 0,
    discarded_bytes: 0,
    queued_bytes: 0,
  });
});

test('latency is of one direction, to the millisecond', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings }, await PlainServer.echo());
  ends.connection.apply({ kind: 'latency', ms: 80, direction: 'server-to-client' });
  ends.client.socket.write('ping');
  // There without delay, as the clock stands still; back only when it has moved.
  await ends.serverPeer.receives(4);
  const back = () => ends.connection.snapshot().serverToClient;
  await eventually('the echo in the proxy', () => back().received_bytes === 4);
  timings.advance(79);
  expect(back().queued_bytes).toBe(4);
  timings.advance(1);
  await ends.client.receives(4);
});

test('the order of many small writes is kept under jitter', async () => {
  await using ends = await path({ random: seededRandom(1) });
  ends.connection.apply({ kind: 'latency', ms: 0, jitter_ms: 20 });
  let sent = '';
  for (let number = 0; number < 200; number += 1) {
    sent += `${number};`;
    ends.client.socket.write(`${number};`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ends.serverPeer.receives(sent.length);
  expect(ends.serverPeer.received.toString()).toBe(sent);
});

async function delays(seed: number): Promise<number[]> {
  const timings = new ManualTimings();
  await using ends = await path({ random: seededRandom(seed), timings });
  ends.connection.apply({ kind: 'latency', ms: 5, jitter_ms: 50, direction: 'client-to-server' });
  const seen: number[] = [];
  for (let round = 1; round <= 5; round += 1) {
    ends.client.socket.write('x');
    await eventually('the byte in the proxy', () => ends.connection.snapshot().clientToServer.received_bytes === round);
    let waited_ms = 0;
    while (ends.connection.snapshot().clientToServer.queued_bytes > 0 && waited_ms < 100) {
      timings.advance(1);
      waited_ms += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ends.serverPeer.receives(round);
    seen.push(waited_ms);
  }
  return seen;
}

test('the same seed makes the same jitter on real sockets', async () => {
  const first = await delays(11);
  expect(await delays(11)).toEqual(first);
  expect(await delays(12)).not.toEqual(first);
  for (const delay_ms of first) {
    expect(delay_ms).toBeGreaterThanOrEqual(5);
    expect(delay_ms).toBeLessThanOrEqual(56);
  }
});

test('a heal lifts the limit for what is not sent yet', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'bandwidth', bytes_per_s: 10 });
  ends.client.socket.write(Buffer.alloc(100_000));
  await eventually('bytes held back', () => ends.connection.snapshot().clientToServer.queued_bytes > 60_000);
  ends.connection.apply({ kind: 'heal' });
  await ends.serverPeer.receives(100_000);
  expect(ends.connection.snapshot().faults).toEqual([]);
});
