/** One contender as the scenarios see it. */
import type { PeerServer } from './peer-server.ts';

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Path of the module that exports `connect`. */
  readonly client: string;
  /** What a page imports of it: `export { io } from 'socket.io-client'`. */
  readonly entry: string;
  readonly startServer: (signal: AbortSignal) => Promise<PeerServer>;
}
