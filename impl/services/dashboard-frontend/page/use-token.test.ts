// @vitest-environment happy-dom
/** The renewal of a session, on a clock that is moved. */
import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptSession } from './session.ts';
import { useToken } from './use-token.ts';

const MINUTE_MS = 60_000;
const asked: string[] = [];
let answers: Response[];
let refusals: number;
let token: () => string;
let root: Root;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.stubGlobal('fetch', async (_path: string, { headers }: { headers: { authorization: string } }) => {
    asked.push(headers.authorization);
    return answers.shift() ?? Response.error();
  });
  asked.length = 0;
  refusals = 0;
  root = createRoot(document.body.appendChild(document.createElement('div')));
  function Page() {
    token = useToken({ username: 'ada', token: 'first' }, () => {
      refusals += 1;
    });
    return null;
  }
  flushSync(() => root.render(createElement(Page)));
});

afterEach(() => {
  root.unmount();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const issued = (accessToken: string) => Response.json({ accessToken });
const problem = (status: number) => Response.json({ code: 'any' }, { status });
const pass = (duration_ms: number) => vi.advanceTimersByTimeAsync(duration_ms);

test('the token is renewed every five minutes, each time by the newest, and kept for a reload', async () => {
  answers = [issued('second'), issued('third')];
  await pass(5 * MINUTE_MS - 1);
  expect(token()).toBe('first');
  await pass(1);
  await vi.waitFor(() => expect(token()).toBe('second'));
  await pass(5 * MINUTE_MS);
  await vi.waitFor(() => expect(token()).toBe('third'));
  expect(asked).toEqual(['Bearer first', 'Bearer second']);
  expect(keptSession()).toEqual({ username: 'ada', token: 'third' });
  expect(refusals).toBe(0);
});

test('a renewal that fails leaves the token, and the next one is tried; one that is refused is told', async () => {
  answers = [problem(503), issued('second'), problem(401)];
  await pass(5 * MINUTE_MS);
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  expect(token()).toBe('first');
  await pass(5 * MINUTE_MS);
  await vi.waitFor(() => expect(token()).toBe('second'));
  expect(refusals).toBe(0);
  await pass(5 * MINUTE_MS);
  await vi.waitFor(() => expect(refusals).toBe(1));
});

test('whoever has left renews nothing', async () => {
  answers = [issued('second')];
  flushSync(() => root.unmount());
  await pass(10 * MINUTE_MS);
  expect(asked).toEqual([]);
});
