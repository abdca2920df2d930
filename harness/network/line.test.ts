/** The arithmetic of a line, without a socket: when bytes arrive, and that they arrive in order and once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forkRandom, seededRandom } from '../random/random.ts';
import { END, Line } from './line.ts';

function drain(line: Line, now_ms: number): string {
  let text = '';
  for (let item = line.take(now_ms); item !== undefined; item = line.take(now_ms))
    text += item === END ? '$' : `${item}`;
  return text;
}

test('without faults bytes arrive at once', () => {
  const line = new Line(() => 0);
  line.push(Buffer.from('a'), 5);
  line.push(END, 5);
  expect(drain(line, 5)).toBe('a$');
});

test('latency: not a moment before it is due, and then', () => {
  const line = new Line(() => 0);
  line.setLatency(50, 0, 0);
  line.push(Buffer.from('a'), 7);
  expect(line.next_ms()).toBe(57);
  expect(drain(line, 56.999)).toBe('');
  expect(drain(line, 57)).toBe('a');
});

test('a lower latency does not let later bytes overtake', () => {
  const line = new Line(() => 0);
  line.setLatency(100, 0, 0);
  line.push(Buffer.from('a'), 0);
  line.setLatency(1, 0, 10);
  line.push(Buffer.from('b'), 10);
  expect(line.arrivalOf(20)).toBe(100);
  expect(drain(line, 99)).toBe('');
  expect(drain(line, 100)).toBe('ab');
});

test('bandwidth: n bytes need n / rate, slice by slice, and idle time earns no burst', () => {
  const line = new Line(() => 0);
  line.setBandwidth(1_000, 0);
  line.push(Buffer.alloc(25, 'x'), 500);
  expect(drain(line, 509)).toBe('');
  expect(drain(line, 510)).toHaveLength(10);
  expect(drain(line, 524)).toHaveLength(10);
  expect(drain(line, 525)).toHaveLength(5);
});

test('a late look finds what was through by then, no less', () => {
  const line = new Line(() => 0);
  line.setBandwidth(1_000, 0);
  line.push(Buffer.alloc(2_000, 'x'), 0);
  expect(drain(line, 1_000)).toHaveLength(1_000);
});

test('a stall holds everything, and a heal lets it go on', () => {
  const line = new Line(() => 0);
  line.push(Buffer.from('a'), 0);
  line.setStalled(true, 0);
  line.push(Buffer.from('b'), 1);
  expect(drain(line, 1_000)).toBe('');
  expect(line.next_ms()).toBeUndefined();
  line.setStalled(false, 1_000);
  expect(drain(line, 1_000)).toBe('ab');
});

test('what is cleared away delays nothing that is sent after it', () => {
  const line = new Line(() => 0);
  line.setLatency(60_000, 0, 0);
  line.push(Buffer.from('a'), 0);
  expect(line.clear()).toEqual({ bytes: 1, end: false });
  line.setLatency(5, 0, 10);
  line.push(Buffer.from('b'), 10);
  expect(line.next_ms()).toBe(15);
  expect(drain(line, 15)).toBe('b');
});

function jitters(seed: number): (number | undefined)[] {
  const line = new Line(forkRandom(seededRandom(seed)));
  line.setLatency(10, 100, 0);
  return [0, 1_000, 2_000, 3_000].map((now_ms) => {
    line.push(Buffer.from('x'), now_ms);
    const due_ms = line.next_ms();
    drain(line, now_ms + 1_000);
    return due_ms;
  });
}

test('the same seed makes the same jitter, another seed another, all within bounds', () => {
  expect(jitters(1)).toEqual(jitters(1));
  expect(jitters(1)).not.toEqual(jitters(2));
  jitters(3).forEach((due_ms, index) => {
    expect(due_ms).toBeGreaterThanOrEqual(index * 1_000 + 10);
    expect(due_ms).toBeLessThan(index * 1_000 + 110);
  });
});

test('whatever changes on the way, bytes arrive once, in order, and the count of the queue is right', () => {
  const step = fc.record({
    wait_ms: fc.nat({ max: 50 }),
    bytes: fc.nat({ max: 300 }),
    change: fc.option(
      fc.oneof(
        fc.record({ ms: fc.nat({ max: 100 }), jitter_ms: fc.nat({ max: 100 }) }),
        fc.record({ bytes_per_s: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }) }),
        fc.record({ stalled: fc.boolean() }),
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(step), fc.nat(), (steps, seed) => {
      const line = new Line(seededRandom(seed));
      let now_ms = 0;
      let sent = 0;
      const arrived: number[] = [];
      const take = () => {
        for (let item = line.take(now_ms); item !== undefined; item = line.take(now_ms))
          arrived.push(...(item as Buffer));
      };
      for (const { wait_ms, bytes, change } of steps) {
        now_ms += wait_ms;
        if (change && 'ms' in change) line.setLatency(change.ms, change.jitter_ms, now_ms);
        else if (change && 'stalled' in change) line.setStalled(change.stalled, now_ms);
        else if (change) line.setBandwidth(change.bytes_per_s, now_ms);
        if (bytes > 0)
          line.push(Buffer.from(Array.from({ length: bytes }, (_, index) => (sent + index) % 251)), now_ms);
        sent += bytes;
        take();
        expect(line.queued_bytes).toBe(sent - arrived.length);
      }
      line.setStalled(false, now_ms);
      now_ms += 1e9;
      take();
      expect(arrived).toHaveLength(sent);
      expect(arrived.every((byte, index) => byte === index % 251)).toBe(true);
    }),
    { seed: 20_240 },
  );
});
