/** A Redis or Valkey server of our own, on 127.0.0.1, in a temporary folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../../processes/run-process.ts';
import { waitUntil } from '../../processes/wait.ts';
import type { ComponentContext } from '../component.ts';
import { outputOf } from '../find-on-path.ts';
import { startOnFreePort } from '../free-port-start.ts';
import { inspectRedis, isNewEnough, VERSION_MIN, withRedis } from './connect.ts';

const START_TIMEOUT_MS = 30_000;

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
  const { signal } = context;
  signal?.throwIfAborted();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    databases: '256', // one for each stack that shares the server
    dir: home,
    save: '', // no snapshots: their forks would disturb what is measured
    appendonly: 'no',
    daemonize: 'no',
  };
  const running = await startProcess({
    name: 'redis',
    command: binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { PATH: context.env.PATH, LC_ALL: 'C' },
    cwd: home,
    reaper: context.reaper,
    logFile: join(context.logFolder, 'redis.log'),
  });
  const abort = () => void running.stop();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const url = `redis://127.0.0.1:${port}`;
    const waitingFor = 'Redis to accept connections';
    await running.waitForLine(/ready to accept connections/i, { waitingFor, timeout_ms: START_TIMEOUT_MS });
    const wait = { timeout_ms: START_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
    await waitUntil(waitingFor, () => withRedis(url, (redis) => redis.ping()), wait);
    const { version } = await inspectRedis(url);
    signal?.throwIfAborted(); // It is being stopped.
    return { running, url, version };
  } catch (error) {
    await running.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
