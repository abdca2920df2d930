/** What the proxy holds is bounded, and what it leaves behind is nothing. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { FaultProxy } from './proxy.ts';
import { ManualTimings } from './testing/manual-timings.ts';
import { dial, eventually, PlainServer, path } from './testing/peers.ts';
import { TIMER_MS_MAX } from './timings.ts';

const MIB = 1_048_576;
const ONE_READ = 65_536;

function tcpSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

test('a fast writer is held back by a slow reader, and nothing is lost', async () => {
  const server = await PlainServer.start(() => undefined, false);
  await using ends = await path({}, server);
  let flushed_bytes = 0;
  const chunk = Buffer.alloc(MIB);
  for (let index = 0; index < 64; index += 1) ends.client.socket.write(chunk, () => (flushed_bytes += chunk.length));
  await eventually('a full buffer', () => ends.connection.snapshot().clientToServer.queued_bytes >= MIB);
  const { clientToServer } = ends.connection.snapshot();
  expect(clientToServer.queued_bytes_max).toBeLessThanOrEqual(MIB + ONE_READ);
  expect(flushed_bytes).toBeLessThan(64 * MIB);
  ends.serverPeer.read();
  await ends.serverPeer.receives(64 * MIB);
  expect(ends.connection.snapshot().clientToServer).toMatchObject({ delivered_bytes: 64 * MIB, queued_bytes: 0 });
  expect(ends.connection.snapshot().clientToServer.queued_bytes_max).toBeLessThanOrEqual(MIB + ONE_READ);
});

test('what a slow reader has not taken is still in reach of a fault, and all is accounted for', async () => {
  for (const fault of [{ kind: 'swallow' }, { kind: 'cut', how: 'rst' }] as const) {
    const server = await PlainServer.start(() => undefined, false);
    await using ends = await path({}, server);
    ends.client.socket.write(Buffer.alloc(64 * MIB));
    await eventually('a full buffer', () => ends.connection.snapshot().clientToServer.queued_bytes >= MIB);
    const { delivered_bytes } = ends.connection.snapshot().clientToServer;
    ends.connection.apply(fault);
    if (fault.kind === 'cut') await ends.connection.closed;
    const seen = ends.connection.snapshot().clientToServer;
    expect(seen.delivered_bytes).toBe(delivered_bytes);
    expect(seen.swallowed_bytes + seen.discarded_bytes).toBeGreaterThanOrEqual(MIB - 2 * ONE_READ);
    expect(seen.delivered_bytes + seen.swallowed_bytes + seen.discarded_bytes + seen.queued_bytes).toBe(
      seen.received_bytes,
    );
  }
});

test('a receiver that reads nothing does not keep bytes from vanishing, however small the buffer', async () => {
  const server = await PlainServer.start(() => undefined, false);
  await using ends = await path({ buffer_bytes: 1 }, server);
  ends.client.socket.write(Buffer.alloc(64 * MIB));
  let before_bytes = -1;
  // Full to the brim: the receiver's kernel takes no more, and the proxy reads no more.
  await eventually('a proxy that is full', () => {
    const { received_bytes, queued_bytes } = ends.connection.snapshot().clientToServer;
    const isFull = queued_bytes > 0 && received_bytes === before_bytes;
    before_bytes = received_bytes;
    return isFull;
  });
  ends.connection.apply({ kind: 'swallow' });
  await eventually('all bytes read', () => ends.connection.snapshot().clientToServer.received_bytes === 64 * MIB);
  expect(ends.connection.snapshot().clientToServer.swallowed_bytes).toBeGreaterThan(32 * MIB);
});

test('a wait longer than a timer can hold is waited for in parts', async () => {
  const timings = new ManualTimings();
  const asked_ms: number[] = [];
  const setTimeout = timings.setTimeout.bind(timings);
  timings.setTimeout = (callback, ms) => {
    asked_ms.push(ms);
    return setTimeout(callback, ms);
  };
  for (const ended of [false, true]) {
    asked_ms.length = 0;
    await using ends = await path({ timings, random: () => 0.999 });
    ends.connection.apply({
      kind: 'latency',
      ms: TIMER_MS_MAX,
      jitter_ms: TIMER_MS_MAX,
      direction: 'client-to-server',
    });
    if (ended) {
      ends.client.socket.resetAndDestroy();
      await eventually('the RST on its way', () => asked_ms.some((ms) => ms >= TIMER_MS_MAX));
    } else {
      ends.client.socket.write('x');
      await eventually('the byte in the proxy', () => ends.connection.snapshot().clientToServer.queued_bytes === 1);
    }
    timings.advance(TIMER_MS_MAX);
    expect(ends.connection.snapshot().clientToServer.queued_bytes).toBe(ended ? 0 : 1);
    timings.advance(TIMER_MS_MAX);
    if (ended) await ends.serverPeer.sees('ECONNRESET');
    else await ends.serverPeer.receives(1);
    expect(Math.max(...asked_ms)).toBe(TIMER_MS_MAX);
  }
});

test('a long latency holds no more than the bound, in either direction', async () => {
  await using ends = await path({ buffer_bytes: 200_000 });
  ends.connection.apply({ kind: 'latency', ms: 60_000 });
  ends.client.socket.write(Buffer.alloc(4 * MIB));
  ends.serverPeer.socket.write(Buffer.alloc(4 * MIB));
  await eventually('both buffers full', () => {
    const { clientToServer, serverToClient } = ends.connection.snapshot();
    return clientToServer.queued_bytes >= 200_000 && serverToClient.queued_bytes >= 200_000;
  });
  const { clientToServer, serverToClient } = ends.connection.snapshot();
  expect(clientToServer.queued_bytes_max).toBeLessThanOrEqual(200_000 + ONE_READ);
  expect(serverToClient.queued_bytes_max).toBeLessThanOrEqual(200_000 + ONE_READ);
});

test('received is delivered, swallowed, discarded or queued, also after a cut', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'latency', ms: 60_000 });
  ends.client.socket.write(Buffer.alloc(1_000));
  await eventually('the bytes in the proxy', () => ends.connection.snapshot().clientToServer.queued_bytes === 1_000);
  ends.connection.apply({ kind: 'cut', how: 'rst' });
  await ends.connection.closed;
  expect(ends.connection.snapshot().clientToServer).toEqual({
    received_bytes: 1_000,
    delivered_bytes: 0,
    swallowed_bytes: 0,
    discarded_bytes: 1_000,
    queued_bytes: 0,
    queued_bytes_max: 1_000,
  });
});

test('close() leaves no timer, socket or port, whatever was going on', async () => {
  await using server = await PlainServer.start();
  await eventually('no TCP socket left by other tests', () => tcpSockets() === 0);
  const timings = new ManualTimings();
  const proxy = await FaultProxy.start({
    target: server.target,
    timings,
    onConnection: ({ id }) => (id === 4 ? 'silence' : undefined),
  });
  const clients = [1, 2, 3, 4, 5].map(() => dial(proxy.port));
  for (const client of clients) await client.sees('connect');
  await eventually('all five accepted', () => proxy.snapshot().open === 5);
  await eventually('four at the target', () => server.peers.length === 4);
  proxy.connections[0]?.apply({ kind: 'latency', ms: 5_000 });
  clients[0]?.socket.write('travelling');
  await eventually('bytes travelling', () => proxy.connections[0]?.snapshot().clientToServer.queued_bytes === 10);
  proxy.connections[1]?.apply({ kind: 'idle', ms: 5_000, how: 'fin' });
  proxy.connections[2]?.apply({ kind: 'cut', how: 'fin' });
  await proxy.apply({ kind: 'admit', how: 'refuse' });
  const played = proxy.play([{ at_ms: 60_000, fault: { kind: 'cut', how: 'rst' } }]);
  await Promise.all([proxy.close(), proxy.close(), played]);
  expect(timings.pending).toBe(0);
  expect(proxy.snapshot().open).toBe(0);
  for (const client of clients) {
    client.socket.destroy();
    await client.sees('close');
  }
  for (const { socket } of server.peers) socket.destroy();
  await eventually('no TCP socket left', () => tcpSockets() === 0);
  const next = createServer();
  await new Promise<void>((resolve, reject) => next.once('error', reject).listen(proxy.port, '127.0.0.1', resolve));
  await new Promise((resolve) => next.close(resolve));
  await expect(proxy.apply({ kind: 'restore' })).rejects.toMatchObject({ code: 'proxy-closed' });
});

test('a port in use is said so', async () => {
  await using server = await PlainServer.start();
  await expect(FaultProxy.start({ target: server.target, port: server.port })).rejects.toMatchObject({
    code: 'cannot-listen',
  });
});
