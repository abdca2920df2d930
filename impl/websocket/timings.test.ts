import { expect, test } from 'vitest';
import { createEventClient } from './client.ts';
import { DEFAULT_CLIENT_LIMITS, DEFAULT_TIMINGS, withDefaults } from './timings.ts';

test('what is not given is the default', () => {
  expect(withDefaults(DEFAULT_TIMINGS, { pongTimeout_ms: 7 })).toEqual({ ...DEFAULT_TIMINGS, pongTimeout_ms: 7 });
  expect(withDefaults(DEFAULT_CLIENT_LIMITS)).toEqual(DEFAULT_CLIENT_LIMITS);
});

test.each([1, 0.5 + 1, 2 ** 31 - 1])('a time may be %d ms', (pingInterval_ms) => {
  expect(withDefaults(DEFAULT_TIMINGS, { pingInterval_ms }).pingInterval_ms).toBe(pingInterval_ms);
});

test.each([
  [{ pingInterval_ms: 0.9 }, 'pingInterval_ms: expected a number from 1 to 2147483647, got 0.9'],
  [{ pingInterval_ms: 2 ** 31 }, 'pingInterval_ms: expected a number from 1 to 2147483647, got 2147483648'],
  [{ pingInterval_ms: Number.NaN }, 'pingInterval_ms: expected a number from 1 to 2147483647, got NaN'],
  [{ pingInterval_ms: '5' }, 'pingInterval_ms: expected a number from 1 to 2147483647, got 5'],
  [{ missedPongs: 2.5 }, 'missedPongs: expected a number from 1 to 2147483647, got 2.5'],
  [{ pingIntervall_ms: 5 }, 'pingIntervall_ms: expected one of pingInterval_ms,'],
])('%j is refused when the client is made', (timings, message) => {
  const make = () => createEventClient({ url: 'ws://test', token: () => '', timings: timings as never });
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: 'bad-option' }));
});

test('limits are looked at in the same way', () => {
  const make = () => createEventClient({ url: 'ws://test', token: () => '', limits: { handlerAttempts: 0 } });
  expect(make).toThrow('handlerAttempts: expected');
});
