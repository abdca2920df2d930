/** What v1.0.0's page had of TARS-1001's part: the hook, and no word of the connection. */
import type { WebSocketPageParts } from '../../../page-parts.ts';
import { useWebSocket as use } from './use-web-socket.ts';

export const { useWebSocket, ConnectionStatus }: WebSocketPageParts = {
  useWebSocket: use,
  ConnectionStatus: () => null,
};
