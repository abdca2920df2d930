/** A Redis or Valkey server of our own, on 127.0.0.1, in a temporary folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProcess, startProcess } from '../../processes/run-process.ts';
import { awaitServing } from '../await-serving.ts';
import type { ComponentContext } from '../component.ts';
import { outputOf } from '../find-on-path.ts';
import { startOnFreePort } from '../free-port-start.ts';
import { inspectRedis, isNewEnough, VERSION_MIN, withRedis } from './connect.ts';

export const START_TIMEOUT_MS = 30_000;
/** What the server says when it serves. */
export const READY_LINE = 'ready to accept connections';

/** Of each server we start, wherever it runs. */
export const SETTINGS = {
  databases: '256', // one for each stack that shares the server
  save: '', // no snapshots: their forks would disturb what is measured
  appendonly: 'no',
  daemonize: 'no',
} as const;

/** Settings as a Redis server takes them on its command line. */
export function settingsArgs(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

export interface ServerOptions {
  readonly choosePort?: () => Promise<number>;
}

/** `Valkey 9.1.2` from what the binary prints. Throws when it does not run, is something else, or is too old. */
export async function binaryVersion(binary: string, env: NodeJS.ProcessEnv): Promise<string> {
  const said = await outputOf(binary, ['--version'], { env });
  const match = /^(Redis|Valkey) server v=(\d[\w.]*)/.exec(said);
  if (!match?.[1] || !match[2]) throw new Error(`${binary} is no Redis or Valkey server: ${said}`);
  if (!isNewEnough(match[2]))
    throw new Error(`${binary} is ${match[2]}, and ${VERSION_MIN.join('.')} or newer is needed`);
  return `${match[1]} ${match[2]}`;
}

/** Starts the server, ready for commands. Nothing of it is left when that fails. Throws ProcessError. */
export async function startServer(context: ComponentContext, binary: string, options: ServerOptions = {}) {
  const home = await context.reaper.makeFolder(join(context.folder, 'redis-'));
  const remove = async () => {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    await context.reaper.releaseFolder(home);
  };
  try {
    const start = (port: number) => startOn(port, home, context, binary);
    const { running, url, version } = await startOnFreePort(start, options.choosePort);
    const stop = async () => {
      await running.stop();
      await remove();
    };
    return { version, url, pid: running.pid, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startOn(port: number, home: string, context: ComponentContext, binary: string) {
  context.signal?.throwIfAborted();
  const running = await startProcess({
    name: 'redis',
    command: binary,
    args: settingsArgs({ bind: '127.0.0.1', port: String(port), dir: home, ...SETTINGS }),
    env: { PATH: context.env.PATH, LC_ALL: 'C' },
    cwd: home,
    reaper: context.reaper,
    logFile: join(context.logFolder, 'redis.log'),
  });
  const url = `redis://127.0.0.1:${port}`;
  return { running, url, version: await awaitRedis(running, url, context.signal) };
}

/** Resolves with the version when the server answers commands. It is stopped when that fails. Throws ProcessError. */
export async function awaitRedis(
  running: RunningProcess,
  url: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { version } = await awaitServing(running, {
    waitingFor: 'Redis to accept connections',
    readyLine: READY_LINE,
    inspect: async () => {
      await withRedis(url, (redis) => redis.ping()); // Refused while data is still being loaded; INFO is not.
      return inspectRedis(url);
    },
    timeout_ms: START_TIMEOUT_MS,
    signal,
  });
  return version;
}
