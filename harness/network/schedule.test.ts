/** A schedule of faults as data, played by a clock in the test's hand, and the log it leaves. */
import { expect, test } from 'vitest';
import { ManualTimings } from './testing/manual-timings.ts';
import { eventually, path } from './testing/peers.ts';

test('each fault is applied at its time, to its connection or to all, and logged', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  const schedule = JSON.parse(
    JSON.stringify([
      { at_ms: 10, fault: { kind: 'latency', ms: 5 } },
      { at_ms: 20, connection: 1, fault: { kind: 'cut', how: 'rst' } },
      { at_ms: 20, connection: 9, fault: { kind: 'cut', how: 'fin' } },
    ]),
  );
  const played = ends.proxy.play(schedule);
  timings.advance(9);
  expect(ends.proxy.log).toEqual([]);
  timings.advance(1);
  await eventually('the first fault', () => ends.proxy.log.length === 1);
  timings.advance(10);
  await played;
  await ends.client.sees('ECONNRESET');
  expect(ends.proxy.log).toEqual([
    { at_ms: 10, event: 'applied', fault: { kind: 'latency', ms: 5, jitter_ms: 0, direction: 'both' } },
    { at_ms: 20, connection: 1, event: 'applied', fault: { kind: 'cut', how: 'rst' } },
    { at_ms: 20, connection: 1, event: 'cut', how: 'rst', because: 'cut' },
    { at_ms: 20, connection: 9, event: 'missed', fault: { kind: 'cut', how: 'fin' } },
  ]);
});

test('an aborted schedule applies nothing more', async () => {
  const timings = new ManualTimings();
  await using ends = await path({ timings });
  const abort = new AbortController();
  const played = ends.proxy.play([{ at_ms: 10, fault: { kind: 'cut', how: 'rst' } }], abort.signal);
  abort.abort();
  await played;
  timings.advance(100);
  expect(ends.proxy.log).toEqual([]);
});

test('a schedule that is wrong anywhere is refused before its first fault', async () => {
  await using ends = await path();
  const schedule = [
    { at_ms: 0, fault: { kind: 'cut', how: 'rst' } },
    { at_ms: 1, fault: { kind: 'cut', how: 'politely' } },
  ];
  await expect(ends.proxy.play(schedule as never)).rejects.toMatchObject({ code: 'fault-invalid' });
  expect(ends.connection.state).toBe('open');
});
