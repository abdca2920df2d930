/** What v1.0.1's page takes of TARS-1001. */
import type { WebSocketPageParts } from '../../page-parts.ts';
import { ConnectionStatus as Status } from './connection-status.tsx';
import { useWebSocket as use } from './use-web-socket.ts';

export const { useWebSocket, ConnectionStatus }: WebSocketPageParts = { useWebSocket: use, ConnectionStatus: Status };
