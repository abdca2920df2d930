/** Redis out of the official image. */
import { join } from 'node:path';
import type { ReaperConnection } from '../../processes/reaper.ts';
import { ContainerServer, newPassword } from '../docker/container.ts';
import { dockerProvider } from '../docker/docker-provider.ts';
import { type Engine, findEngine } from '../docker/engine.ts';
import { startOnFreePort } from '../free-port-start.ts';
import { awaitRedis, READY_LINE, SETTINGS, START_TIMEOUT_MS, settingsArgs } from './server.ts';

/** As public projects pin it: a registry that has no such digest refuses, and nothing else is run in its place. */
const IMAGE = 'redis:8.2.1@sha256:5fa2edb1e408fa8235e6db8fab01d1afaaae96c9403ba67b70feceb8661e8621';
/** The working folder of the image, which belongs to its user `redis`. */
const FOLDER = '/data';

/** The password in a file, since arguments are everybody's to read. */
const SCRIPT = `
set -e
umask 077
printf 'requirepass %s\\n' "$PASSWORD" > ${FOLDER}/redis.conf
unset PASSWORD
exec redis-server ${FOLDER}/redis.conf "$@"`;

export interface RedisContainerOptions {
  readonly image: string;
  readonly env: NodeJS.ProcessEnv;
  readonly reaper: ReaperConnection;
  readonly logFile: string;
  /** Beside, or in place of, what each of our servers has. @default nothing */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A Redis server in a container, ready for commands. Nothing of it is left when that fails. Throws ProcessError, EngineError. */
export async function startRedisContainer(
  { image, env, reaper, logFile, settings = {}, signal }: RedisContainerOptions,
  engine: Engine = findEngine(env),
): Promise<{ readonly server: ContainerServer; readonly url: string; readonly version: string }> {
  const { sharesProcesses } = await engine.facts();
  const password = newPassword();
  return startOnFreePort(async (hostPort) => {
    const options = { component: 'redis', image, engine, password, hostPort, user: 'redis', folder: FOLDER };
    const args = settingsArgs({ ...SETTINGS, dir: FOLDER, ...settings });
    const start = { script: SCRIPT, args, port: 6379, readyLine: READY_LINE, timeout_ms: START_TIMEOUT_MS };
    const server = await ContainerServer.start({ ...options, ...start, sharesProcesses }, { env, reaper, logFile });
    const url = `redis://:${password}@127.0.0.1:${hostPort}`;
    return { server, url, version: await awaitRedis(server.running, url, signal) };
  });
}

export const redisDockerProvider = dockerProvider({
  variable: 'REDIS',
  image: IMAGE,
  async start({ env, reaper, signal, logFolder }, { engine, image }) {
    const options = { image, env, reaper, signal, logFile: join(logFolder, 'redis.log') };
    const { server, url, version } = await startRedisContainer(options, engine);
    return { version, url, stop: () => server.stop() };
  },
});
