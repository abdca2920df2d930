/** partysocket's WebSocket that reconnects. It has no heartbeat and no jitter of its own. */
import PartyWebSocket from 'partysocket/ws';
import { WebSocket } from 'ws';
import { BACKOFF, CONNECT_TIMEOUT_MS, type FeedEvent, STABLE_AFTER_MS } from '../conditions.ts';
import type { ConnectPeer } from '../peer-client.ts';

export const connect: ConnectPeer = ({ address, heard, live, lost }) => {
  const socket = new PartyWebSocket(`ws://${address}/`, [], {
    WebSocket,
    minReconnectionDelay: BACKOFF.base_ms,
    reconnectionDelayGrowFactor: BACKOFF.factor,
    maxReconnectionDelay: BACKOFF.cap_ms,
    minUptime: STABLE_AFTER_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
  });
  socket.addEventListener('open', live);
  socket.addEventListener('close', lost);
  socket.addEventListener('message', ({ data }) => heard((JSON.parse(String(data)) as FeedEvent).number));
  return () => socket.close();
};
