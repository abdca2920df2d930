/** Connections on which nothing happens, with the clock in the test's hand. */
import { expect, test } from 'vitest';
import { IdleTimer } from './idle-timer.ts';
import { ManualTimings } from './testing/manual-timings.ts';
import { eventually, path } from './testing/peers.ts';

test('one millisecond before the time-out the connection stands, at the time-out it falls', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  ends.connection.apply({ kind: 'idle', ms: 1_000, how: 'rst' });
  timings.advance(999);
  expect(ends.connection.state).toBe('open');
  timings.advance(1);
  expect(ends.connection.state).not.toBe('open');
  await Promise.all([ends.client.sees('ECONNRESET'), ends.serverPeer.sees('ECONNRESET')]);
  expect(ends.proxy.log).toContainEqual({ at_ms: 1_000, connection: 1, event: 'cut', how: 'rst', because: 'idle' });
});

test('a byte from either side begins the time anew', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  ends.connection.apply({ kind: 'idle', ms: 1_000, how: 'fin' });
  timings.advance(900);
  ends.client.socket.write('x');
  await ends.serverPeer.receives(1);
  timings.advance(900);
  ends.serverPeer.socket.write('x');
  await ends.client.receives(1);
  timings.advance(999);
  expect(ends.connection.state).toBe('open');
  timings.advance(1);
  await Promise.all([ends.client.sees('end'), ends.serverPeer.sees('end')]);
});

test('silenced, the connection stays up and swallows for good', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  ends.connection.apply({ kind: 'idle', ms: 1_000, how: 'silence' });
  timings.advance(1_000);
  ends.connection.apply({ kind: 'heal' });
  ends.client.socket.write('x');
  await eventually('the byte gone', () => ends.connection.snapshot().clientToServer.swallowed_bytes === 1);
  expect(ends.client.events).toEqual(['connect']);
  expect(ends.serverPeer.events).toEqual([]);
});

test('a heal ends the watch', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  ends.connection.apply({ kind: 'idle', ms: 1_000, how: 'rst' });
  ends.connection.apply({ kind: 'heal', of: ['idle'] });
  timings.advance(10_000);
  expect(ends.connection.state).toBe('open');
});

test('a timer that fires a fraction early is set again', () => {
  const timings = new ManualTimings();
  let fired = 0;
  const idle = new IdleTimer(timings, () => {
    fired += 1;
  });
  idle.start(10);
  timings.advance(0.5);
  idle.touch();
  timings.advance(9.9);
  expect(fired).toBe(0);
  timings.advance(1);
  expect(fired).toBe(1);
});
