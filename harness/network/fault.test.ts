/** Faults are data: they survive JSON, get their defaults, and are refused when they make no sense. */
import { expect, test } from 'vitest';
import { FaultProxyError } from './errors.ts';
import { faultSchema, parse } from './fault.ts';
import { faultScheduleSchema } from './schedule.ts';
import { StandingFaults } from './standing-faults.ts';

test('a fault gets its defaults and survives JSON', () => {
  const fault = parse(faultSchema, { kind: 'latency', ms: 50 });
  expect(fault).toEqual({ kind: 'latency', ms: 50, jitter_ms: 0, direction: 'both' });
  expect(parse(faultSchema, JSON.parse(JSON.stringify(fault)))).toEqual(fault);
});

test.for([
  { kind: 'latency', ms: -1 },
  { kind: 'latency', ms: 2 ** 31 },
  { kind: 'latency', ms: 1, jitter: 1 },
  { kind: 'bandwidth', bytes_per_s: 0 },
  { kind: 'idle', ms: 0, how: 'fin' },
  { kind: 'cut-after', bytes: 1.5, direction: 'client-to-server', how: 'rst' },
  { kind: 'cut-after', bytes: 1, direction: 'both', how: 'rst' },
  { kind: 'cut', how: 'politely' },
  { kind: 'nothing-known' },
  null,
])('%j is refused with what is wrong', (fault) => {
  const attempt = () => parse(faultSchema, fault);
  expect(attempt).toThrow(FaultProxyError);
  expect(attempt).toThrow(expect.objectContaining({ code: 'fault-invalid' }));
});

test('a schedule out of order, or with a fault of the whole proxy on one connection, is refused', () => {
  const cut = { kind: 'cut', how: 'fin' };
  const accepts = (steps: unknown) => faultScheduleSchema.safeParse(steps).success;
  expect(
    accepts([
      { at_ms: 1, fault: cut },
      { at_ms: 1, fault: cut },
    ]),
  ).toBe(true);
  expect(
    accepts([
      { at_ms: 1, fault: cut },
      { at_ms: 0, fault: cut },
    ]),
  ).toBe(false);
  expect(accepts([{ at_ms: 1, connection: 1, fault: cut }])).toBe(true);
  expect(accepts([{ at_ms: 1, connection: 1, fault: { kind: 'restore' } }])).toBe(false);
});

test('of a kind and direction one fault is in force, and a heal takes what it names', () => {
  const standing = new StandingFaults();
  standing.add({ kind: 'latency', ms: 10, jitter_ms: 0, direction: 'both' });
  standing.add({ kind: 'latency', ms: 20, jitter_ms: 0, direction: 'client-to-server' });
  standing.add({ kind: 'swallow', permanent: true, direction: 'client-to-server' });
  standing.add({ kind: 'swallow', permanent: false, direction: 'both' });
  standing.add({ kind: 'idle', ms: 5, how: 'rst' });
  expect(standing.list()).toHaveLength(5);
  standing.heal({ kind: 'heal', of: ['latency'], direction: 'server-to-client' });
  expect(standing.list()).toContainEqual({ kind: 'latency', ms: 20, jitter_ms: 0, direction: 'client-to-server' });
  expect(standing.list()).toHaveLength(4);
  standing.heal({ kind: 'heal', direction: 'both' });
  expect(standing.list()).toEqual([{ kind: 'swallow', permanent: true, direction: 'client-to-server' }]);
  standing.heal({ kind: 'heal', direction: 'both' }, true);
  expect(standing.list()).toEqual([]);
});
