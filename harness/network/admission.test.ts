/** What becomes of new connections: forwarded, refused, reset or met with silence; outages and their end. */
import { expect, test } from 'vitest';
import { FaultProxy } from './proxy.ts';
import { dial, eventually, PlainServer, path, roundTrip } from './testing/peers.ts';

test('refused, connecting fails with ECONNREFUSED; open connections live on; the port opens again', async () => {
  await using ends = await path({}, await PlainServer.echo());
  const { port } = ends.proxy;
  for (let round = 0; round < 3; round += 1) {
    await ends.proxy.apply({ kind: 'admit', how: 'refuse' });
    const refused = dial(port);
    await refused.sees('close');
    expect(refused.events).toEqual(['ECONNREFUSED', 'close']);
    ends.client.socket.write('still');
    await ends.client.receives(5 * (round + 1));
    await ends.proxy.apply({ kind: 'admit', how: 'forward' });
    expect(ends.proxy.port).toBe(port);
    await roundTrip(port);
  }
});

test('reset at admission, the client sees ECONNRESET and the target nothing', async () => {
  await using server = await PlainServer.start();
  await using proxy = await FaultProxy.start({ target: server.target, onConnection: () => 'reset' });
  await dial(proxy.port).sees('ECONNRESET');
  expect(server.peers).toHaveLength(0);
  expect(proxy.snapshot()).toMatchObject({ accepted: 1, refused: 1 });
});

test('met with silence, the client is connected and hears nothing; the target never knows', async () => {
  await using server = await PlainServer.echo();
  await using proxy = await FaultProxy.start({
    target: server.target,
    onConnection: ({ id }) => (id === 1 ? 'silence' : undefined),
  });
  const client = dial(proxy.port);
  client.socket.end('hello?');
  await eventually(
    'the greeting swallowed',
    () => proxy.snapshot().connections[0]?.clientToServer.swallowed_bytes === 6,
  );
  await roundTrip(proxy.port);
  expect(client.events).toEqual(['connect']);
  expect(server.peers).toHaveLength(1);
  client.socket.destroy();
});

test('a hook gives each connection faults of its own', async () => {
  await using server = await PlainServer.echo();
  await using proxy = await FaultProxy.start({
    target: server.target,
    onConnection(connection) {
      if (connection.id === 2) connection.apply({ kind: 'cut', how: 'rst' });
      if (connection.id === 3)
        connection.apply({ kind: 'cut-after', bytes: 2, direction: 'client-to-server', how: 'fin' });
      return undefined;
    },
  });
  await roundTrip(proxy.port);
  await dial(proxy.port).sees('ECONNRESET');
  const third = dial(proxy.port);
  third.socket.write('abc');
  await third.sees('end');
  expect((await server.peer(1)).received.toString()).toBe('ab');
});

test('an outage that refuses resets those open and refuses new ones until it is over', async () => {
  await using ends = await path({}, await PlainServer.echo());
  await ends.proxy.outage();
  await Promise.all([ends.client.sees('ECONNRESET'), ends.serverPeer.sees('ECONNRESET')]);
  await dial(ends.proxy.port).sees('ECONNREFUSED');
  await ends.proxy.restore();
  await roundTrip(ends.proxy.port);
});

test('an outage in silence leaves those open half-open and holds new ones, also after it is over', async () => {
  await using ends = await path({}, await PlainServer.echo());
  await ends.proxy.outage({ how: 'silence' });
  const held = dial(ends.proxy.port);
  held.socket.write('hello?');
  ends.client.socket.write('hello?');
  await eventually('both swallowed', () =>
    ends.proxy.snapshot().connections.every(({ clientToServer }) => clientToServer.swallowed_bytes === 6),
  );
  await ends.proxy.restore();
  await roundTrip(ends.proxy.port);
  expect(held.events).toEqual(['connect']);
  expect(ends.client.events).toEqual(['connect']);
  held.socket.destroy();
});

test('an outage that stalls loses nothing', async () => {
  await using ends = await path({}, await PlainServer.echo());
  await ends.proxy.outage({ how: 'silence', current: 'stall' });
  ends.client.socket.write('patience');
  await eventually('the bytes held', () => ends.connection.snapshot().clientToServer.queued_bytes === 8);
  await ends.proxy.restore();
  await ends.client.receives(8);
});

test('an outage straight after its restore is an outage', async () => {
  await using ends = await path({}, await PlainServer.echo());
  await Promise.all([ends.proxy.outage(), ends.proxy.restore(), ends.proxy.outage()]);
  await dial(ends.proxy.port).sees('ECONNREFUSED');
  await Promise.all([ends.proxy.restore(), ends.proxy.outage(), ends.proxy.restore()]);
  await roundTrip(ends.proxy.port);
});
