/** How pgbench's log is read. */
import { expect, test } from 'vitest';
import { figuresOf } from './pgbench.ts';

const LOG = `0 0 9000 3 1795590000 999000 12
1 0 8000 0 1795590001 998999 0
0 1 300 1 1795590001 999000 5
1 1 500 2 1795590002 500000 7
`;

test('what ended within the warm-up of the first is not measured, what ended at its end is', () => {
  const { latencies, requests, failed } = figuresOf(LOG, 1_000);
  expect(requests).toBe(4);
  expect(failed).toBe(0);
  expect(latencies.count).toBe(2);
  expect(latencies.percentile_ms(50)).toBeCloseTo(0.3, 2);
  expect(latencies.max_ms).toBeCloseTo(0.5, 2);
});

test('one that failed counts with the whole time-out', () => {
  const { latencies, failed } = figuresOf(`${LOG}0 2 failed 1 1795590003 1\n`, 1_000);
  expect(failed).toBe(1);
  expect(latencies.max_ms).toBeGreaterThan(4_900);
});

test('a line of another form is an error', () => {
  expect(() => figuresOf('tps = 100\n', 0)).toThrow('tps = 100');
});
