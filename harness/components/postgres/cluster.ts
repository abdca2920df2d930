/** A PostgreSQL cluster of our own: made by initdb, served on 127.0.0.1, gone when it is stopped. */
import { join } from 'node:path';
import { runCommand } from '../../processes/run-command.ts';
import { type RunningProcess, startProcess } from '../../processes/run-process.ts';
import { awaitServing } from '../await-serving.ts';
import type { ComponentContext } from '../component.ts';
import { startOnFreePort } from '../free-port-start.ts';
import { type Account, makeHome, removeHome, serverAccount } from './account.ts';
import { inspectPostgres } from './inspect.ts';

const INITDB_TIMEOUT_MS = 60_000;
export const START_TIMEOUT_MS = 60_000;
/** What the server says when it serves. */
export const READY_LINE = 'database system is ready to accept connections';
/** How each cluster is made, wherever it runs; who may log in is told beside. */
export const INITDB_FLAGS = ['--username=postgres', '--no-sync', '--encoding=UTF8', '--locale=C', '--no-instructions'];
const FAST_SHUTDOWN_MS = 10_000;

/**
 * Of each server we start, wherever it runs.
 * Logical decoding for ledgers, room for both arms and their proxies. Durability is PostgreSQL's default, so that a
 * server that is killed shows what a real one would. Shared memory lies in the data folder: a killed server leaves
 * nothing in /dev/shm, which in a container is small besides.
 */
export const SETTINGS = {
  unix_socket_directories: '',
  wal_level: 'logical',
  max_wal_senders: '64',
  max_replication_slots: '64',
  max_connections: '200',
  shared_buffers: '128MB',
  dynamic_shared_memory_type: 'mmap',
  logging_collector: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
} as const;

/** Settings as a PostgreSQL server takes them on its command line. */
export function settingsArgs(settings: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export interface ClusterOptions {
  /** The folder with `initdb` and `postgres` that the account can run; `home` is a folder of the account's. */
  readonly binaries: (home: string, account: Account) => Promise<string>;
  /** @default postgres or nobody for root, else the user */
  readonly account?: Account;
  readonly choosePort?: () => Promise<number>;
}

/** Makes and starts a cluster, ready for connections. Nothing of it is left when that fails. Throws ProcessError. */
export async function startCluster(context: ComponentContext, options: ClusterOptions) {
  const account = options.account ?? (await serverAccount(context.env));
  const home = await makeHome(context, account);
  try {
    const cluster = new ClusterFolder(context, account, home, await options.binaries(home, account));
    await cluster.init();
    const { running, url, version } = await startOnFreePort((port) => cluster.start(port), options.choosePort);
    const stop = async () => {
      await running.stop();
      await removeHome(context, home);
    };
    return { version, url, pid: running.pid, stop };
  } catch (error) {
    await removeHome(context, home);
    throw error;
  }
}

class ClusterFolder {
  readonly #context: ComponentContext;
  readonly #binaries: string;
  readonly #data: string;
  readonly #process;

  constructor(context: ComponentContext, account: Account, home: string, binaries: string) {
    this.#context = context;
    this.#binaries = binaries;
    this.#data = join(home, 'data');
    this.#process = {
      ...account,
      cwd: home,
      // None of the user's PG… variables, which would override our settings; messages in English.
      env: { PATH: context.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      reaper: context.reaper,
      logFile: join(context.logFolder, 'postgres.log'),
    };
  }

  async init(): Promise<void> {
    await runCommand({
      ...this.#process,
      name: 'initdb',
      command: join(this.#binaries, 'initdb'),
      args: [...INITDB_FLAGS, '--auth=trust', `--pgdata=${this.#data}`],
      timeout_ms: INITDB_TIMEOUT_MS,
      ...(this.#context.signal === undefined ? {} : { signal: this.#context.signal }),
    });
  }

  async start(port: number) {
    const { signal } = this.#context;
    signal?.throwIfAborted();
    const running = await startProcess({
      ...this.#process,
      name: 'postgres',
      command: join(this.#binaries, 'postgres'),
      args: ['-D', this.#data, ...settingsArgs({ ...SETTINGS, listen_addresses: '127.0.0.1', port })],
      stopSignal: 'SIGINT', // fast shutdown: sessions are ended, not waited for
      grace_ms: FAST_SHUTDOWN_MS,
    });
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    return { running, url, version: await awaitPostgres(running, url, signal) };
  }
}

/** Resolves with the version when the server answers queries. It is stopped when that fails. Throws ProcessError. */
export async function awaitPostgres(
  running: RunningProcess,
  url: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { version } = await awaitServing(running, {
    waitingFor: 'PostgreSQL to accept connections',
    readyLine: READY_LINE,
    inspect: () => inspectPostgres(url),
    timeout_ms: START_TIMEOUT_MS,
    signal,
  });
  return version;
}
