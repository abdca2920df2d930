/** socket.io's server with connection state recovery, kept in its memory. */
import { Server } from 'socket.io';
import { CHANNEL, feedEvent, HEARTBEAT } from '../conditions.ts';
import { serveFeed } from '../feed-server.ts';

await serveFeed(async (server) => {
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
    pingInterval: HEARTBEAT.interval_ms,
    pingTimeout: HEARTBEAT.timeout_ms,
  });
  io.on('connection', (socket) => socket.join(CHANNEL));
  return async (number) => {
    io.to(CHANNEL).emit(CHANNEL, feedEvent(number));
  };
});
