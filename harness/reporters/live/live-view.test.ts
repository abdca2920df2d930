import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProgress } from '../progress.ts';
import { alsoLive, LiveView } from './live-view.ts';

let view: LiveView;
beforeEach(async () => {
  view = await LiveView.start('Acme Hub v2 against v1');
});
afterEach(() => view.stop());

/** The answer as soon as its head is there. */
async function ask(path: string, host?: string): Promise<IncomingMessage> {
  const request = get(new URL(path, view.url), host === undefined ? {} : { headers: { host } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8').on('error', () => {});
  return response;
}

/** What an open answer says until `text` is among it. */
async function heardUntil(response: IncomingMessage, text: string): Promise<string> {
  let heard = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    heard += chunk;
    if (heard.includes(text)) return heard;
  }
  throw new Error(`expected ${text}, the answer ended with: ${heard}`);
}

test('one who comes late is told what was said, and where the run is', async () => {
  view.line('first');
  view.update({ suite: 'acme-1', check: 'acme-1/drop', done: 1, total: 2, elapsed_ms: 5 });
  view.line('second');
  const heard = await heardUntil(await ask('/events'), '"elapsed_ms":5');
  expect(heard).toBe(
    'event: line\ndata: "first"\n\nevent: line\ndata: "second"\n\n' +
      'event: state\ndata: {"suite":"acme-1","checks":["acme-1/drop"],"done":1,"total":2,"elapsed_ms":5}\n\n',
  );
});

test('of more than 500 lines the last are told', async () => {
  for (let i = 0; i <= 500; i++) view.line(`line ${i}.`);
  const heard = await heardUntil(await ask('/events'), 'line 500.');
  expect(heard).toContain('line 1.');
  expect(heard).not.toContain('line 0.');
});

test('what is said cannot pass for an event', async () => {
  view.line('x\n\nevent: report\ndata: null\n\n');
  view.line('end');
  const heard = await heardUntil(await ask('/events'), 'end');
  expect(heard.match(/^event: .*$/gm)).toEqual(['event: line', 'event: line']);
});

test.each([
  ['127.0.0.1', 200],
  ['localhost', 200],
  ['example.com', 421],
])('asked as %s it answers %d', async (name, status) => {
  const { port } = new URL(view.url);
  expect((await ask('/', `${name}:${port}`)).statusCode).toBe(status);
});

test('the report is there once the run has ended, and not before', async () => {
  expect((await ask('/report.html')).statusCode).toBe(404);
  await view.finish('<!doctype html>the report');
  expect(await heardUntil(await ask('/report.html'), 'report')).toBe('<!doctype html>the report');
});

test('a page that listens is sent to the report, and waited for until it has it', async () => {
  const listening = await ask('/events');
  let isFinished = false;
  const finishing = view.finish('the report').then(() => {
    isFinished = true;
  });
  await heardUntil(listening, 'event: report');
  expect(isFinished).toBe(false);
  await heardUntil(await ask('/report.html'), 'the report');
  await finishing;
});

test('eight pages may listen, a ninth is refused', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/events')));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
  expect((await ask('/events')).statusCode).toBe(503);
});

test('once stopped nobody is connected any more, and nobody can be', async () => {
  const listening = await ask('/events');
  const ended = new Promise((resolve) => listening.once('close', resolve));
  listening.resume();
  const { url } = view;
  await view.stop();
  await ended;
  await expect(fetch(url)).rejects.toThrow();
});

test('what is told to the terminal is told to the page', async () => {
  let written = '';
  const stream = { write: (text: string) => (written += text) };
  const both = alsoLive(createProgress({ stream, isTTY: false, color: false }), view);
  both.line('said to both');
  both.stop();
  expect(written).toContain('said to both');
  expect(await heardUntil(await ask('/events'), 'said to both')).toContain('event: line');
});
