import { expect, test } from 'vitest';
import { Latencies } from './latencies.ts';

test('every duration is given back, in order and as often as it was recorded', () => {
  const latencies = Latencies.empty();
  for (const duration_ms of [30, 1, 2.5, 1]) latencies.record(duration_ms);
  latencies.record(400, 3);
  expect(latencies.sorted_ms().map((one) => Number(one.toPrecision(3)))).toEqual([1, 1, 2.5, 30, 400, 400, 400]);
});

test('of many none is lost or doubled', () => {
  const latencies = Latencies.empty();
  for (let index = 1; index <= 1_000; index += 1) latencies.record(index);
  const given = latencies.sorted_ms();
  expect(given).toHaveLength(1_000);
  expect(given.every((one, index) => Math.abs(one - (index + 1)) <= (index + 1) / 1_000)).toBe(true);
});

test('nothing recorded is nothing given', () => {
  expect(Latencies.empty().sorted_ms()).toEqual([]);
});
