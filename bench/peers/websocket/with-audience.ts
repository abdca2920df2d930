/** A server and a process of clients of one contender, for one turn; both are ended with it. */
import { join } from 'node:path';
import { CommandedProcess } from '../../../fixtures/crowd/commanded-process.ts';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import type { AudienceCommands, Listener } from './audience-child.ts';
import type { Peer } from './peer.ts';
import type { PeerServer } from './peer-server.ts';
import type { Usage } from './usage.ts';

export interface Resources {
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

export interface Audience {
  /** Connects clients and resolves when all are live. */
  readonly gather: (address: string, clients: number) => Promise<void>;
  /** How many are live and have heard of this event or a later one. */
  readonly caughtUp: (number: number) => Promise<number>;
  readonly report: () => Promise<Listener[]>;
  readonly usage: () => Promise<Usage>;
}

const GATHER_MS = 30_000;
const COMMAND_MS = 10_000;

export async function withAudience<T>(
  peer: Peer,
  { reaper, signal }: Resources,
  use: (turn: { readonly server: PeerServer; readonly audience: Audience }) => Promise<T>,
): Promise<T> {
  const server = await peer.startServer(signal);
  try {
    const child = await CommandedProcess.start<AudienceCommands>({
      name: `clients of ${peer.name}`,
      program: join(import.meta.dirname, 'audience-child.ts'),
      nodeOptions: ['--expose-gc'],
      reaper,
    });
    const within = { timeout_ms: COMMAND_MS, signal };
    try {
      const audience: Audience = {
        async gather(address, clients) {
          const input = { program: peer.client, address, clients, timeout_ms: GATHER_MS };
          await child.call('gather', input, { timeout_ms: GATHER_MS + COMMAND_MS, signal });
        },
        caughtUp: (number) => child.call('caughtUp', { number }, within),
        report: () => child.call('report', null, within),
        usage: () => child.call('usage', null, within),
      };
      return await use({ server, audience });
    } finally {
      await child.stop();
    }
  } finally {
    await server.stop();
  }
}
