import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket as Peer, WebSocketServer } from 'ws';
import { CLOSE } from './close-codes.ts';
import { ReconnectingWebSocket, type ReconnectingWebSocketOptions } from './drop-in.ts';
import { ScriptedSocket, settle, VirtualClock } from './scripted-peer.ts';

const quick = { backoffBase_ms: 5, backoffCap_ms: 20, connectTimeout_ms: 5_000 };
const soon = { timeout: 10_000, interval: 5 };
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A real server, and a drop-in on Node's own WebSocket with a record of what its page was told. */
async function start(options: ReconnectingWebSocketOptions & { readonly protocols?: string[] } = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  await once(server, 'listening');
  const heard: string[] = [];
  const peers: Peer[] = [];
  server.on('connection', (peer) => {
    peers.push(peer);
    peer.on('message', (data) => heard.push(String(data)));
    cleanUps.push(() => peer.terminate());
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
  const socket = new ReconnectingWebSocket(url, options.protocols ?? [], { timings: quick, ...options });
  cleanUps.push(() => socket.close());
  const told: string[] = [];
  socket.onopen = () => told.push('open');
  socket.onmessage = ({ data }: MessageEvent) => told.push(`message ${data}`);
  socket.onerror = () => told.push('error');
  socket.onclose = ({ code, reason, wasClean }: CloseEvent) =>
    told.push(`close ${code} ${reason} ${wasClean} at ${socket.readyState}`);
  const peerAt = async (index: number): Promise<Peer> => {
    await expect.poll(() => peers.length, soon).toBeGreaterThan(index);
    return peers[index] as Peer;
  };
  return { server, socket, told, heard, peers, peerAt, url };
}

test('speaks as a WebSocket does: opens, sends, hears, closes', async () => {
  const { socket, told, heard, peerAt, url } = await start({ protocols: ['tars'] });
  expect([socket.readyState, socket.url, socket.protocol]).toEqual([ReconnectingWebSocket.CONNECTING, url, '']);
  const peer = await peerAt(0);
  await expect.poll(() => socket.readyState, soon).toBe(socket.OPEN);
  expect(socket.protocol).toBe('tars');
  socket.send('up');
  peer.send('down');
  await expect.poll(() => told, soon).toEqual(['open', 'message down']);
  await expect.poll(() => heard, soon).toEqual(['up']);
  expect(socket.bufferedAmount).toBe(0);
  const closed = once(peer, 'close');
  socket.close(3_000, 'done');
  expect(socket.readyState).toBe(socket.CLOSING);
  socket.send('never');
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([3_000, 'done']);
  await expect.poll(() => told.at(-1), soon).toBe('close 3000 done true at 3');
  expect(heard).toEqual(['up']);
});

test('bytes come as the type asked for, also after coming back', async () => {
  const { socket, peerAt } = await start();
  socket.binaryType = 'arraybuffer';
  const got: unknown[] = [];
  socket.addEventListener('message', (event) => got.push((event as MessageEvent).data));
  for (const index of [0, 1]) {
    const peer = await peerAt(index);
    await expect.poll(() => socket.readyState, soon).toBe(socket.OPEN);
    peer.send(Buffer.from([1, 2]));
    await expect.poll(() => got.length, soon).toBe(index + 1);
    peer.terminate();
  }
  expect(got.map((data) => data instanceof ArrayBuffer)).toEqual([true, true]);
});

test('a lost connection is told and come back from; what was sent meanwhile goes out, in order, after the words of `open`', async () => {
  const { socket, told, heard, peerAt } = await start();
  socket.addEventListener('open', () => socket.send('log in'));
  socket.send('early'); // the standard would throw
  const first = await peerAt(0);
  await expect.poll(() => heard, soon).toEqual(['log in', 'early']);
  socket.onclose = () => {
    told.push(`close at ${socket.readyState}`);
    for (const text of ['one', 'two']) socket.send(text);
    told.push(`${socket.bufferedAmount} bytes wait`);
    socket.onclose = null;
  };
  first.terminate();
  await peerAt(1);
  await expect.poll(() => heard, soon).toEqual(['log in', 'early', 'log in', 'one', 'two']);
  expect(told).toEqual(['open', 'error', 'close at 0', '6 bytes wait', 'open']);
  expect(socket.metrics).toMatchObject({ connections: 2, reconnects: 1 });
});

test.each([1000, CLOSE.serviceRestart])(
  'a close with %i that the page did not want is come back from',
  async (code) => {
    const { told, peerAt } = await start();
    (await peerAt(0)).close(code, 'bye');
    await peerAt(1);
    await expect.poll(() => told, soon).toEqual(['open', `close ${code} bye true at 0`, 'open']);
  },
);

test('a close code that says not to come back is the end', async () => {
  const { socket, told, peerAt, peers } = await start();
  (await peerAt(0)).close(4403, 'no');
  await expect.poll(() => told, soon).toEqual(['open', 'close 4403 no true at 3']);
  expect(socket.readyState).toBe(socket.CLOSED);
  expect(peers).toHaveLength(1);
});

test('what does not fit the queue is refused, and what waits stays', async () => {
  const { socket, heard, peerAt } = await start({ maxSend: 3, maxSend_bytes: 10 });
  const full = { code: 'send-queue-full' };
  socket.send('12345');
  expect(() => socket.send('123456')).toThrow(expect.objectContaining(full)); // 11 bytes
  socket.send('ä45'); // 9 bytes
  socket.send('');
  expect(() => socket.send('')).toThrow(expect.objectContaining(full)); // the fourth
  await peerAt(0);
  await expect.poll(() => heard, soon).toEqual(['12345', 'ä45', '']);
  socket.send('1234567890');
  await expect.poll(() => heard.at(-1), soon).toBe('1234567890');
});

test('while reconnection is turned off a loss is final, until it is asked to connect again', async () => {
  let on = false;
  const { socket, told, peerAt } = await start({ mayReconnect: () => on });
  (await peerAt(0)).close(1001, '');
  await expect.poll(() => told, soon).toEqual(['open', 'close 1001  true at 3']);
  on = true;
  socket.reconnect();
  (await peerAt(1)).close(1001, '');
  await peerAt(2);
});

test.each(['close', 'abort'])('%s while it waits to come back leaves no timer and tells the end once', async (how) => {
  const abort = new AbortController();
  const clock = new VirtualClock();
  const sockets: ScriptedSocket[] = [];
  class Recorded extends ScriptedSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  const socket = new ReconnectingWebSocket('ws://test', [], {
    WebSocket: Recorded as never,
    clock,
    signal: abort.signal,
  });
  const codes: number[] = [];
  socket.onclose = ({ code }: CloseEvent) => codes.push(code);
  await settle();
  sockets[0]?.opens();
  sockets[0]?.closes(1012);
  if (how === 'close') socket.close();
  else abort.abort();
  await settle();
  expect([codes, clock.timers, socket.readyState]).toEqual([[1012, 1006], 0, 3]);
  await clock.advance(120_000);
  expect(sockets).toHaveLength(1);
});

test.each([
  ['with a ping of its own a silent connection is left within 60 s', () => '{"type":"ping"}', 2],
  ['without one it cannot be told from a quiet one', undefined, 1],
])('%s', async (_behaviour, ping, opened) => {
  const clock = new VirtualClock();
  const sockets: ScriptedSocket[] = [];
  class Recorded extends ScriptedSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  const socket = new ReconnectingWebSocket('ws://test', [], {
    WebSocket: Recorded as never,
    clock,
    random: () => 0,
    ...(ping && { ping }),
  });
  cleanUps.push(() => socket.close());
  await settle();
  sockets[0]?.opens();
  await clock.advance(59_000);
  expect(sockets).toHaveLength(opened);
  expect(sockets[0]?.sent).toHaveLength(ping ? 3 : 0);
});

test('a peer that does not answer the close is waited for no longer than a connection', async () => {
  const { socket, told, peerAt } = await start({ timings: { ...quick, connectTimeout_ms: 300 } });
  (await peerAt(0)).pause();
  await expect.poll(() => socket.readyState, soon).toBe(socket.OPEN);
  socket.close(1000);
  await expect.poll(() => told.at(-1), soon).toBe('close 1006  false at 3');
});

test('codes and reasons that the standard forbids are refused', async () => {
  const { socket } = await start();
  for (const code of [999, 1001, 2_999, 5_000])
    expect(() => socket.close(code)).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }));
  expect(() => socket.close(1000, 'ä'.repeat(62))).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  socket.close(1000, 'x'.repeat(123));
});
