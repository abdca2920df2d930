import { expect, test } from 'vitest';
import type { WebSocketConstructor } from '../../release-parts.ts';
import { ScriptedSocket, settle } from '../../websocket/scripted-peer.ts';
import { createEventClient } from './client.ts';

function start() {
  const sockets: ScriptedSocket[] = [];
  class RecordedSocket extends ScriptedSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  const WebSocket = RecordedSocket as unknown as WebSocketConstructor;
  const client = createEventClient({ url: 'ws://test/ws', token: () => 'token', WebSocket });
  const told: unknown[] = [];
  client.on('state', (state) => told.push(state));
  client.on('error', (error) => told.push(error.message));
  return { client, sockets, told };
}

test('connects, authenticates, subscribes, tells events', async () => {
  const { client, sockets, told } = start();
  const got: unknown[] = [];
  const leave = client.subscribe('evaluations', ({ payload }) => void got.push(payload));
  client.connect();
  await settle();
  sockets[0]?.opens();
  sockets[0]?.tells({ type: 'authenticated' });
  for (const offset of [1, 2, 2]) sockets[0]?.tells({ type: 'event', channel: 'evaluations', offset, payload: offset });
  await settle();
  leave();
  expect(sockets[0]?.sent).toEqual([
    { type: 'authenticate', token: 'token' },
    { type: 'subscribe', channel: 'evaluations' },
    { type: 'unsubscribe', channel: 'evaluations' },
  ]);
  expect(got).toEqual([1, 2, 2]);
  expect(told).toEqual(['connecting', 'connected']);
});

test('stays disconnected after a close, until somebody connects again: the fault of TARS-1001', async () => {
  const { client, sockets, told } = start();
  client.connect();
  await settle();
  sockets[0]?.accepts();
  sockets[0]?.closes(1006);
  expect(told).toEqual(['connecting', 'connected', 'WebSocket closed with code 1006', 'disconnected']);
  // That nothing happens can only be watched for a time.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sockets).toHaveLength(1);
  client.connect();
  await settle();
  expect(sockets).toHaveLength(2);
});

test('closed it stays closed', async () => {
  const { client, sockets, told } = start();
  client.connect();
  await settle();
  sockets[0]?.accepts();
  client.close();
  sockets[0]?.closes(1000);
  client.connect();
  expect(told).toEqual(['connecting', 'connected', 'closed']);
  expect(sockets).toHaveLength(1);
});
