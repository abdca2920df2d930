/** Connections that are cut, as both ends see it. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { FaultProxy } from './proxy.ts';
import { ManualTimings } from './testing/manual-timings.ts';
import { dial, eventually, PlainServer, path } from './testing/peers.ts';

test('a cut by FIN is an end on both sides', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'cut', how: 'fin' });
  await Promise.all([ends.client.sees('end'), ends.serverPeer.sees('end')]);
  ends.client.socket.end();
  ends.serverPeer.socket.end();
  await ends.connection.closed;
  expect(ends.client.events).not.toContain('ECONNRESET');
  expect(ends.proxy.snapshot()).toMatchObject({ accepted: 1, open: 0, cut: 1 });
});

test('after a cut by FIN a peer that never ends is left after the linger time, not before', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings, linger_ms: 500 });
  ends.connection.apply({ kind: 'cut', how: 'fin' });
  await Promise.all([ends.client.sees('end'), ends.serverPeer.sees('end')]);
  timings.advance(499);
  expect(ends.connection.state).toBe('cutting');
  timings.advance(1);
  await ends.connection.closed;
});

test('a cut by RST is ECONNRESET on both sides, without an end', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'cut', how: 'rst' });
  await Promise.all([ends.client.sees('ECONNRESET'), ends.serverPeer.sees('ECONNRESET')]);
  await ends.connection.closed;
  expect(ends.client.events).toEqual(['connect', 'ECONNRESET', 'close']);
  expect(ends.serverPeer.events).toEqual(['ECONNRESET', 'close']);
});

test('a reset in the moment a FIN is being sent still happens', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'cut', how: 'fin' });
  await ends.proxy.close();
  // After a mere end the first write would still go out: only a peer that was reset is told at once.
  for (const peer of [ends.client, ends.serverPeer]) {
    await peer.sees('end');
    const written = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) =>
      peer.socket.write('x', resolve),
    );
    expect(['ECONNRESET', 'EPIPE']).toContain(written?.code);
  }
});

test.for(['fin', 'rst'] as const)('a cut in mid-stream by %s delivers exactly N bytes', async (how) => {
  for (const bytes of [1, 4_095, 65_537, 300_000]) {
    await using ends = await path();
    ends.connection.apply({ kind: 'cut-after', bytes, direction: 'server-to-client', how });
    const sent = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index % 251));
    ends.serverPeer.socket.write(sent);
    await ends.client.sees(how === 'fin' ? 'end' : 'ECONNRESET');
    expect(ends.client.received.equals(sent.subarray(0, bytes))).toBe(true);
    expect(ends.connection.snapshot().serverToClient.delivered_bytes).toBe(bytes);
    const cut = ends.proxy.log.find((entry) => entry.event === 'cut');
    expect(cut).toMatchObject({ connection: 1, how, because: 'cut-after' });
    if (how === 'rst') expect(cut).toMatchObject({ unread_bytes: 0 });
  }
});

test('a cut in mid-stream cuts at the last byte allowed, not at the next', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'cut-after', bytes: 4, direction: 'client-to-server', how: 'rst' });
  ends.client.socket.write('abc');
  await ends.serverPeer.receives(3);
  expect(ends.connection.state).toBe('open');
  ends.client.socket.write('d');
  await Promise.all([ends.serverPeer.sees('ECONNRESET'), ends.client.sees('ECONNRESET')]);
  expect(ends.serverPeer.received.toString()).toBe('abcd');
});

test('a cut after 0 bytes is a cut now', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'cut-after', bytes: 0, direction: 'client-to-server', how: 'rst' });
  await Promise.all([ends.serverPeer.sees('ECONNRESET'), ends.client.sees('ECONNRESET')]);
});

test('an RST in mid-stream waits for a peer that does not read, but not for ever', async () => {
  const server = await PlainServer.start(() => undefined, false);
  await using ends = await path({}, server);
  ends.connection.apply({ kind: 'cut-after', bytes: 10, direction: 'client-to-server', how: 'rst' });
  ends.client.socket.write(Buffer.alloc(10));
  const start_ms = performance.now();
  await ends.connection.closed;
  expect(performance.now() - start_ms).toBeGreaterThanOrEqual(900);
  expect(ends.proxy.log.find((entry) => entry.event === 'cut')).toMatchObject({ unread_bytes: 10 });
});

test('without a fault a FIN goes through one way, and the other way stays open', async () => {
  await using ends = await path();
  ends.client.socket.end('last words');
  await ends.serverPeer.sees('end');
  expect(ends.serverPeer.received.toString()).toBe('last words');
  ends.serverPeer.socket.end('an answer');
  await ends.client.sees('end');
  expect(ends.client.received.toString()).toBe('an answer');
  await ends.connection.closed;
});

test('without a fault an RST goes through, in both directions, and after the latency', async () => {
  for (const from of ['client', 'serverPeer'] as const) {
    await using ends = await path();
    ends.connection.apply({ kind: 'latency', ms: 60 });
    const start_ms = performance.now();
    ends[from].socket.resetAndDestroy();
    await ends[from === 'client' ? 'serverPeer' : 'client'].sees('ECONNRESET');
    expect(performance.now() - start_ms).toBeGreaterThanOrEqual(60);
  }
});

test('a target that refuses is an RST to the client', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as { port: number };
  await new Promise((resolve) => gone.close(resolve));
  await using proxy = await FaultProxy.start({ target: { host: '127.0.0.1', port } });
  const client = dial(proxy.port);
  await client.sees('ECONNRESET');
  expect(proxy.log).toContainEqual(expect.objectContaining({ event: 'target-failed', connection: 1 }));
});

test('a target asked for at each connection may move; one that throws or is elsewhere is an RST', async () => {
  await using first = await PlainServer.start();
  await using second = await PlainServer.start();
  const targets = [first.target, second.target, { host: '192.0.2.1', port: 80 }];
  await using proxy = await FaultProxy.start({
    target: () => {
      const target = targets.shift();
      if (!target) throw new Error('no more targets');
      return target;
    },
  });
  dial(proxy.port);
  await first.peer();
  dial(proxy.port);
  await second.peer();
  await dial(proxy.port).sees('ECONNRESET');
  await dial(proxy.port).sees('ECONNRESET');
  await eventually('two failures noted', () => proxy.log.filter(({ event }) => event === 'policy-failed').length === 2);
  await expect(FaultProxy.start({ target: { host: '192.0.2.1', port: 80 } })).rejects.toMatchObject({
    code: 'target-not-loopback',
  });
});
