/** A real WebSocket through the proxy: it works, and a broken path is what the client's standard says it is. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { FaultProxy } from './proxy.ts';
import { eventually } from './testing/peers.ts';

async function webSocketPath() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (message) => socket.send(`echo ${message}`));
  });
  const { port } = server.address() as { port: number };
  const proxy = await FaultProxy.start({ target: { host: '127.0.0.1', port } });
  const client = new WebSocket(`ws://127.0.0.1:${proxy.port}`);
  const messages: unknown[] = [];
  const closes: { code: number; wasClean: boolean }[] = [];
  client.onmessage = ({ data }) => messages.push(data);
  client.onclose = ({ code, wasClean }) => closes.push({ code, wasClean });
  await eventually('an open WebSocket', () => client.readyState === WebSocket.OPEN);
  return {
    proxy,
    client,
    messages,
    closes,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      await proxy.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('messages go there and back, and a clean close is clean', async () => {
  await using ends = await webSocketPath();
  await ends.proxy.apply({ kind: 'latency', ms: 5, jitter_ms: 5 });
  for (let number = 0; number < 20; number += 1) ends.client.send(`${number}`);
  await eventually('twenty answers', () => ends.messages.length === 20);
  expect(ends.messages).toEqual(Array.from({ length: 20 }, (_, number) => `echo ${number}`));
  ends.client.close(1000);
  await eventually('the close', () => ends.closes.length === 1);
  expect(ends.closes).toEqual([{ code: 1000, wasClean: true }]);
});

test.for(['rst', 'fin'] as const)('a cut by %s is close code 1006', async (how) => {
  await using ends = await webSocketPath();
  await ends.proxy.apply({ kind: 'cut', how });
  await eventually('the close', () => ends.closes.length === 1);
  expect(ends.closes).toEqual([{ code: 1006, wasClean: false }]);
});

test('a cut in the middle of a frame is close code 1006, and the half message is never seen', async () => {
  await using ends = await webSocketPath();
  await ends.proxy.apply({ kind: 'cut-after', bytes: 5, direction: 'server-to-client', how: 'rst' });
  ends.client.send('a long message');
  await eventually('the close', () => ends.closes.length === 1);
  expect(ends.closes[0]?.code).toBe(1006);
  expect(ends.messages).toEqual([]);
});

test('swallowed, the WebSocket believes itself open', async () => {
  await using ends = await webSocketPath();
  await ends.proxy.apply({ kind: 'swallow' });
  ends.client.send('anyone?');
  await eventually('the message gone', () => {
    const [connection] = ends.proxy.snapshot().connections;
    return (connection?.clientToServer.swallowed_bytes ?? 0) > 0;
  });
  expect(ends.client.readyState).toBe(WebSocket.OPEN);
  expect(ends.messages).toEqual([]);
  ends.client.close();
});
