/** What becomes of a real socket that the client lets go. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { WebSocketConstructor } from '../release-parts.ts';
import { createEventClient } from './client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A connected client with a socket of the `ws` package, and the server's end of it. */
async function connected() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  await once(server, 'listening');
  const sockets: WebSocket[] = [];
  class RecordedSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const client = createEventClient({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: () => 'token',
    WebSocket: RecordedSocket as unknown as WebSocketConstructor,
  });
  client.connect();
  const [peer] = (await once(server, 'connection')) as [WebSocket];
  cleanUps.push(() => peer.terminate());
  peer.send('{"type":"authenticated"}');
  await expect.poll(() => client.state).toBe('connected');
  return { client, socket: sockets[0] as WebSocket, peer };
}

test('a socket that can be ended at once is not left to a peer that does not answer', async () => {
  const { client, socket, peer } = await connected();
  peer.pause();
  client.close();
  // The package itself would wait for 30 s.
  await expect.poll(() => socket.readyState, { timeout: 10_000, interval: 5 }).toBe(WebSocket.CLOSED);
});

test('a peer that reads is told that the end was meant', async () => {
  const { client, peer } = await connected();
  const closed = once(peer, 'close');
  client.close();
  expect((await closed)[0]).toBe(1000);
});
