/** centrifuge-js, with recovery as Centrifugo's namespace forces it. */
import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { BACKOFF, CHANNEL, CONNECT_TIMEOUT_MS, type FeedEvent, HEARTBEAT } from '../conditions.ts';
import type { ConnectPeer } from '../peer-client.ts';

export const connect: ConnectPeer = ({ address, heard, live, lost }) => {
  const client = new Centrifuge(`ws://${address}/connection/websocket`, {
    websocket: WebSocket,
    // It waits this, and up to as much × 2ⁿ more.
    minReconnectDelay: BACKOFF.base_ms / 2,
    maxReconnectDelay: BACKOFF.cap_ms,
    timeout: CONNECT_TIMEOUT_MS,
    maxServerPingDelay: HEARTBEAT.timeout_ms,
  });
  const subscription = client.newSubscription(CHANNEL);
  subscription.on('subscribed', live);
  subscription.on('subscribing', lost);
  subscription.on('publication', ({ data }) => heard((data as FeedEvent).number));
  subscription.subscribe();
  client.connect();
  return () => client.disconnect();
};
