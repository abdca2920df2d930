// @vitest-environment happy-dom
/** The hook in a React that runs for real, against a WebSocket server whose sockets are counted. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createElement, StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocket, WebSocketServer } from 'ws';
import { useWebSocket as useBaselineWebSocket } from '../../baseline/websocket/react/use-web-socket.ts';
import type { UseWebSocketOptions } from '../../page-parts.ts';
import type { DashboardEvent, WebSocketConstructor } from '../../release-parts.ts';
import type { ClientFrame } from '../frames.ts';
import { useWebSocket } from './use-web-socket.ts';

const EPOCH = 'epoch';
let server: WebSocketServer;
let url: string;
let root: Root;
/** Every socket that was ever opened, and what each of them sent. */
let sockets: ServerSocket[];
let sent: ClientFrame[];
/** Whether the next subscription can go on from where it was. */
let isRecovered: boolean;
const told = { states: [] as string[], events: [] as unknown[], gaps: [] as string[], errors: [] as string[] };

beforeEach(async () => {
  sockets = [];
  sent = [];
  isRecovered = true;
  for (const list of Object.values(told)) list.length = 0;
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => answer(socket, JSON.parse(String(data))));
  });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
  root = createRoot(document.body.appendChild(document.createElement('div')));
});

afterEach(async () => {
  root.unmount();
  for (const socket of sockets) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

function answer(socket: ServerSocket, frame: ClientFrame): void {
  sent.push(frame);
  if (frame.type === 'authenticate') tell(socket, { type: 'authenticated' });
  if (frame.type === 'subscribe') {
    const { channel, since, id } = frame;
    const recovered = since !== undefined && isRecovered;
    tell(socket, { type: 'subscribed', channel, id, epoch: EPOCH, offset: since?.offset ?? 0, recovered });
  }
}

function tell(socket: ServerSocket | undefined, frame: object): void {
  socket?.send(JSON.stringify(frame));
}

type Hook = typeof useWebSocket;

function Page({ hook = useWebSocket, ...given }: Partial<UseWebSocketOptions> & { readonly hook?: Hook }) {
  const state = hook({
    url,
    token: () => 'token',
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    random: () => 0,
    channels: ['evaluations'],
    onEvent: ({ payload }) => void told.events.push(payload),
    onGap: (channel) => void told.gaps.push(channel),
    onError: (error) => void told.errors.push(error.message),
    ...given,
  });
  told.states.push(state);
  return state;
}

const page = (given: Parameters<typeof Page>[0] = {}) => createElement(Page, given);
const shows = (text: string) => vi.waitFor(() => expect(document.body.textContent).toBe(text), 10_000);
const hears = (type: ClientFrame['type'], channel: string) =>
  vi.waitFor(() => expect(sent).toContainEqual(expect.objectContaining({ type, channel })), 10_000);
const open = () => sockets.filter((socket) => socket.readyState === WebSocket.OPEN).length;

test('under StrictMode there is one socket from the beginning to the end, and none after (partykit#335)', async () => {
  root.render(createElement(StrictMode, null, page()));
  await shows('connected');
  expect(sockets).toHaveLength(1);
  expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
  root.unmount();
  await vi.waitFor(() => expect(open()).toBe(0), 10_000);
  expect(sockets).toHaveLength(1);
});

test('a component that goes before its token has come opens no socket', async () => {
  const asked = Promise.withResolvers<void>();
  const token = Promise.withResolvers<string>();
  const given = {
    token() {
      asked.resolve();
      return token.promise;
    },
  };
  root.render(page(given));
  await asked.promise;
  root.unmount();
  token.resolve('late');
  // A socket of the same process that is opened afterwards arrives afterwards.
  const last = new WebSocket(url);
  await once(last, 'open');
  expect(sockets).toHaveLength(1);
  last.terminate();
});

test('a lost connection is shown, comes back, and brings what follows to the latest rendering', async () => {
  root.render(page({ onEvent: () => told.events.push('to an old rendering') }));
  await shows('connected');
  await hears('subscribe', 'evaluations');
  const later: unknown[] = [];
  flushSync(() => root.render(page({ onEvent: ({ payload }: DashboardEvent) => later.push(payload) })));
  tell(sockets[0], { type: 'event', channel: 'evaluations', offset: 1, payload: 'before' });
  await vi.waitFor(() => expect(later).toEqual(['before']), 10_000);
  sockets[0]?.terminate();
  await vi.waitFor(() => expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2), 10_000);
  await shows('connected');
  tell(sockets[1], { type: 'event', channel: 'evaluations', offset: 2, payload: 'after' });
  await vi.waitFor(() => expect(later).toEqual(['before', 'after']), 10_000);
  expect(told.states).toEqual(expect.arrayContaining(['connecting', 'connected', 'reconnecting']));
  expect(told.states.indexOf('reconnecting')).toBeLessThan(told.states.lastIndexOf('connected'));
  expect(told.errors).toEqual(['WebSocket closed with code 1006; reconnecting']);
  expect(told.events).toEqual([]);
});

test.for([
  [true, []],
  [false, ['evaluations']],
] as const)('a history that is whole: %s, tells of these gaps: %s', async ([whole, gaps]) => {
  isRecovered = whole;
  root.render(page());
  await shows('connected');
  await hears('subscribe', 'evaluations');
  sockets[0]?.terminate();
  // The answer goes out when the question has come: what is told from then on comes behind it.
  await vi.waitFor(() => expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2), 10_000);
  tell(sockets[1], { type: 'event', channel: 'evaluations', offset: 1, payload: 'after' });
  await vi.waitFor(() => expect(told.events).toEqual(['after']), 10_000);
  expect(told.gaps).toEqual(gaps);
});

test('other channels are other subscriptions of the same socket; the same in a new array are the same', async () => {
  root.render(page({ channels: ['evaluations'] }));
  await shows('connected');
  root.render(page({ channels: ['evaluations'] }));
  root.render(page({ channels: ['agents/alpha'] }));
  await hears('unsubscribe', 'evaluations');
  await hears('subscribe', 'agents/alpha');
  expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2);
  expect(sockets).toHaveLength(1);
});

test('another URL is another connection, and the one before ends', async () => {
  root.render(page());
  await shows('connected');
  root.render(page({ url: `${url}?other` }));
  await vi.waitFor(() => expect(sockets).toHaveLength(2), 10_000);
  await vi.waitFor(() => expect(open()).toBe(1), 10_000);
  expect(sockets[0]?.readyState).not.toBe(WebSocket.OPEN);
});

test('a component that throws away and shows its page again connects anew', async () => {
  let show: (isShown: boolean) => void = () => {};
  function Switch() {
    const [isShown, setIsShown] = useState(true);
    show = setIsShown;
    return isShown ? page() : 'nothing';
  }
  root.render(createElement(Switch));
  await shows('connected');
  show(false);
  await vi.waitFor(() => expect(open()).toBe(0), 10_000);
  show(true);
  await shows('connected');
  expect(open()).toBe(1);
});

test('rendering on a server connects nothing', () => {
  expect(renderToString(page({ token: () => expect.fail('a token was asked for') }))).toBe('disconnected');
});

test("v1.0.0's hook tells what comes, and stays disconnected when the connection is lost", async () => {
  root.render(page({ hook: useBaselineWebSocket }));
  await shows('connected');
  tell(sockets[0], { type: 'event', channel: 'evaluations', payload: 'before' });
  await vi.waitFor(() => expect(told.events).toEqual(['before']), 10_000);
  sockets[0]?.terminate();
  await shows('disconnected');
  expect(told.errors).toEqual(['WebSocket closed with code 1006']);
  expect(told.states).not.toContain('reconnecting');
});
