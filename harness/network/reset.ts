/** Resetting a socket in a way that always happens. */
import type { Socket } from 'node:net';

/**
 * Resets the socket: the peer sees ECONNRESET, and neither side keeps a TIME_WAIT.
 * While a FIN is being handed to the kernel libuv answers a reset with EINVAL and leaks the handle
 * (uv_tcp_close_reset: "should not be used in combination with uv_shutdown"), so that moment is waited out.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) socket.destroy();
  else if (socket.writableEnded && !socket.writableFinished && socket.writableLength === 0) {
    socket.once('finish', () => socket.resetAndDestroy());
  } else socket.resetAndDestroy();
}
