import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { LINE_LENGTH_MAX, LineSplitter } from './line-splitter.ts';
import { waitUntil } from './wait.ts';

test('resolves with what the condition gives', async () => {
  let looks = 0;
  const seen = await waitUntil('the third look', () => ++looks === 3 && 'here', { timeout_ms: 5_000, interval_ms: 1 });
  expect([seen, looks]).toEqual(['here', 3]);
});

test('names what was waited for, how long, and what the last look threw', async () => {
  const look = () => Promise.reject(new Error('refused'));
  await expect(waitUntil('the database', look, { timeout_ms: 20, interval_ms: 5 })).rejects.toMatchObject({
    code: 'WAIT_TIMEOUT',
    message: 'Waited 20 ms for the database, in vain; the last look failed: refused',
  });
});

test('a condition that never answers is given up at the deadline', async () => {
  const never = () => new Promise<boolean>(() => {});
  await expect(waitUntil('nothing', never, { timeout_ms: 20 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
});

test('is ended early by a signal, with its reason', async () => {
  const stopping = new AbortController();
  const waiting = waitUntil('nothing', () => false, { timeout_ms: 60_000, signal: stopping.signal });
  stopping.abort(new Error('Ctrl-C'));
  await expect(waiting).rejects.toThrow('Ctrl-C');
});

test('a free port is a port', async () => {
  expect(await freePort()).toBeGreaterThan(1_023);
});

test('lines are put together from pieces, whatever their ends', () => {
  const splitter = new LineSplitter();
  expect([splitter.push('a\r\nb'), splitter.push('c\n\nd'), splitter.flush(), splitter.flush()]).toEqual([
    ['a'],
    ['bc', ''],
    ['d'],
    [],
  ]);
});

test('a line of 64 Ki is kept; one more, and it ends at its last space, its rest dropped', () => {
  const words = 'word '.repeat(LINE_LENGTH_MAX / 4);
  const splitter = new LineSplitter();
  expect(splitter.push(`${words.slice(0, LINE_LENGTH_MAX)}\n`)[0]).toBe(words.slice(0, LINE_LENGTH_MAX));
  const [long, next] = [...splitter.push(`${words}`), ...splitter.push(`${words}\nnext\n`)];
  expect(long).toMatch(/word \[the rest of a long line was dropped\]$/);
  expect(long?.length).toBeLessThan(LINE_LENGTH_MAX + 50);
  expect(next).toBe('next');
});
