/** Ours, as v1.0.1 ships it. */
import { WebSocket } from 'ws';
import type { WebSocketConstructor } from '../../../../impl/release-parts.ts';
import { createEventClient } from '../../../../impl/websocket/client.ts';
import { BACKOFF, CHANNEL, CONNECT_TIMEOUT_MS, type FeedEvent, HEARTBEAT, STABLE_AFTER_MS } from '../conditions.ts';
import type { ConnectPeer } from '../peer-client.ts';

export const connect: ConnectPeer = ({ address, heard, live, lost }) => {
  const client = createEventClient({
    url: `ws://${address}/ws`,
    token: () => 'anyone',
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    timings: {
      backoffBase_ms: BACKOFF.base_ms,
      backoffCap_ms: BACKOFF.cap_ms,
      stableAfter_ms: STABLE_AFTER_MS,
      connectTimeout_ms: CONNECT_TIMEOUT_MS,
      pingInterval_ms: HEARTBEAT.interval_ms,
      pongTimeout_ms: HEARTBEAT.timeout_ms,
    },
  });
  client.on('subscribed', live);
  client.on('state', (state) => {
    if (state !== 'connected') lost();
  });
  client.subscribe(CHANNEL, ({ payload }) => heard((payload as FeedEvent).number));
  client.connect();
  return () => client.close();
};
