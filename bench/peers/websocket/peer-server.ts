/** A contender's server as the benchmark sees it, and how one that is a Node process is started. */
import { CommandedProcess } from '../../../fixtures/crowd/commanded-process.ts';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import type { FeedServerCommands } from './feed-server.ts';
import type { Usage } from './usage.ts';

export interface PeerServer {
  readonly port: number;
  /** Resolves when the server has taken the event. */
  readonly publish: (number: number, signal: AbortSignal) => Promise<void>;
  readonly usage: (signal: AbortSignal) => Promise<Usage>;
  readonly stop: () => Promise<void>;
}

const COMMAND_MS = 10_000;

export interface FeedServerOptions {
  readonly name: string;
  /** Path of a program that calls `serveFeed`. */
  readonly program: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
}

/** @throws ProcessError, ReaperError, CommandFailedError */
export async function startFeedServer({ signal, ...options }: FeedServerOptions): Promise<PeerServer> {
  const server = await CommandedProcess.start<FeedServerCommands>({ ...options, nodeOptions: ['--expose-gc'] });
  try {
    const port = await server.call('port', null, { timeout_ms: COMMAND_MS, signal });
    return {
      port,
      publish: (number, stopping) => server.call('publish', { number }, { timeout_ms: COMMAND_MS, signal: stopping }),
      usage: (stopping) => server.call('usage', null, { timeout_ms: COMMAND_MS, signal: stopping }),
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
