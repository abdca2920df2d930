/** socket.io's client, on WebSocket from the start as all others are. */
import { io } from 'socket.io-client';
import { BACKOFF, CHANNEL, CONNECT_TIMEOUT_MS, type FeedEvent } from '../conditions.ts';
import type { ConnectPeer } from '../peer-client.ts';

export const connect: ConnectPeer = ({ address, heard, live, lost }) => {
  const socket = io(`http://${address}`, {
    transports: ['websocket'],
    forceNew: true,
    // It adds or takes up to the whole of half the base: that is between 0 and the base.
    reconnectionDelay: BACKOFF.base_ms / 2,
    randomizationFactor: 1,
    reconnectionDelayMax: BACKOFF.cap_ms,
    timeout: CONNECT_TIMEOUT_MS,
  });
  socket.on('connect', live);
  socket.on('disconnect', lost);
  socket.on(CHANNEL, ({ number }: FeedEvent) => heard(number));
  return () => socket.close();
};
