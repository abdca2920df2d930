/** Bytes that vanish and peers that are not told: half-open connections, stalls, and their healing. */
import { expect, test } from 'vitest';
import { eventually, PlainServer, path, roundTrip } from './testing/peers.ts';

test('swallowed both ways, a destroyed client leaves the server half-open: no FIN, no RST, nothing', async () => {
  for (const destroy of ['destroy', 'resetAndDestroy'] as const) {
    await using ends = await path({}, await PlainServer.echo());
    ends.connection.apply({ kind: 'swallow' });
    ends.client.socket.write('lost');
    await eventually('the bytes gone', () => ends.connection.snapshot().clientToServer.swallowed_bytes === 4);
    ends.client.socket[destroy]();
    await eventually('the end withheld', () => ends.proxy.log.some(({ event }) => event === 'withheld'));
    ends.serverPeer.socket.write('into the void');
    await eventually('the answer gone', () => ends.connection.snapshot().serverToClient.swallowed_bytes === 13);
    await roundTrip(ends.proxy.port);
    expect(ends.serverPeer.events).toEqual([]);
    expect(ends.serverPeer.received_bytes).toBe(0);
    expect(ends.serverPeer.socket.destroyed).toBe(false);
    expect(ends.connection.snapshot().clientToServer).toMatchObject({ delivered_bytes: 0, swallowed_bytes: 4 });
  }
});

test('swallowed from server to client only, the server still hears the client', async () => {
  await using ends = await path({}, await PlainServer.echo());
  ends.connection.apply({ kind: 'swallow', direction: 'server-to-client' });
  ends.client.socket.write('heard');
  await ends.serverPeer.receives(5);
  await eventually('the echo gone', () => ends.connection.snapshot().serverToClient.swallowed_bytes === 5);
  ends.serverPeer.socket.resetAndDestroy();
  await eventually('the RST withheld', () => ends.proxy.log.some(({ event }) => event === 'withheld'));
  await roundTrip(ends.proxy.port);
  expect(ends.client.events).toEqual(['connect']);
  expect(ends.client.received_bytes).toBe(0);
});

test('swallowed from client to server only, the client still hears the server', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'swallow', direction: 'client-to-server' });
  ends.serverPeer.socket.write('heard');
  await ends.client.receives(5);
  ends.client.socket.write('not heard');
  await eventually('the bytes gone', () => ends.connection.snapshot().clientToServer.swallowed_bytes === 9);
  expect(ends.serverPeer.received_bytes).toBe(0);
});

test('what is on its way when swallowing begins vanishes too, its FIN with it', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'latency', ms: 60_000 });
  ends.client.socket.end('on its way');
  await eventually('the bytes in the proxy', () => ends.connection.snapshot().clientToServer.queued_bytes === 10);
  ends.connection.apply({ kind: 'swallow' });
  await eventually('the FIN withheld', () => ends.proxy.log.some(({ event }) => event === 'withheld'));
  expect(ends.connection.snapshot().clientToServer).toMatchObject({ swallowed_bytes: 10, queued_bytes: 0 });
});

test('healed, bytes pass again; those swallowed are gone', async () => {
  await using ends = await path();
  ends.connection.apply({ kind: 'swallow' });
  ends.client.socket.write('gone,');
  await eventually('the bytes gone', () => ends.connection.snapshot().clientToServer.swallowed_bytes === 5);
  ends.connection.apply({ kind: 'heal' });
  ends.client.socket.write('here');
  await ends.serverPeer.receives(4);
  expect(ends.serverPeer.received.toString()).toBe('here');
});

test('healed, a FIN that was withheld is passed, and bytes to a peer that was reset meet an RST', async () => {
  await using fin = await path();
  fin.connection.apply({ kind: 'swallow' });
  fin.client.socket.end();
  await eventually('the FIN withheld', () => fin.proxy.log.some(({ event }) => event === 'withheld'));
  fin.connection.apply({ kind: 'heal' });
  await fin.serverPeer.sees('end');

  await using rst = await path({}, await PlainServer.echo());
  rst.connection.apply({ kind: 'swallow' });
  rst.client.socket.resetAndDestroy();
  await eventually('the RST withheld', () => rst.proxy.log.some(({ event }) => event === 'withheld'));
  rst.connection.apply({ kind: 'heal' });
  await roundTrip(rst.proxy.port);
  expect(rst.serverPeer.events).toEqual([]);
  rst.serverPeer.socket.write('are you there?');
  await rst.serverPeer.sees('ECONNRESET');
});

test('swallowing for good is not healed', async () => {
  await using ends = await path();
  await ends.proxy.apply({ kind: 'swallow', permanent: true });
  await ends.proxy.apply({ kind: 'heal' });
  ends.client.socket.write('gone');
  await eventually('the bytes gone', () => ends.connection.snapshot().clientToServer.swallowed_bytes === 4);
});

test('stalled bytes wait, and after a heal the stream is whole', async () => {
  await using ends = await path({}, await PlainServer.echo());
  ends.connection.apply({ kind: 'stall' });
  ends.client.socket.end('whole');
  await eventually('the bytes in the proxy', () => ends.connection.snapshot().clientToServer.queued_bytes === 5);
  await roundTrip(ends.proxy.port);
  expect(ends.serverPeer.received_bytes).toBe(0);
  ends.connection.apply({ kind: 'heal' });
  await ends.client.sees('end');
  expect(ends.client.received.toString()).toBe('whole');
  expect(ends.connection.snapshot().clientToServer.swallowed_bytes).toBe(0);
});

test('a sender reset during a stall is lost with what it had not sent; the receiver is half-open after the heal too', async () => {
  await using ends = await path({}, await PlainServer.echo());
  ends.connection.apply({ kind: 'stall' });
  ends.client.socket.write('unsent');
  await eventually('the bytes in the proxy', () => ends.connection.snapshot().clientToServer.queued_bytes === 6);
  ends.client.socket.resetAndDestroy();
  await eventually('the RST withheld', () => ends.proxy.log.some(({ event }) => event === 'withheld'));
  ends.connection.apply({ kind: 'heal' });
  await roundTrip(ends.proxy.port);
  expect(ends.serverPeer.events).toEqual([]);
  expect(ends.serverPeer.received_bytes).toBe(0);
  expect(ends.connection.snapshot().clientToServer.discarded_bytes).toBe(6);
});
