/** A server in a container of this machine's Docker engine, started and ended as a process. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type RunningProcess, startProcess } from '../../processes/run-process.ts';
import type { ComponentContext } from '../component.ts';
import { type Engine, EngineError, findEngine } from './engine.ts';

const CHILD = fileURLToPath(new URL('./container-child.ts', import.meta.url));
/** Loading Testcontainers, and the engine's own time to make a container and to remove it. */
const GRACE_MS = 20_000;
const KILL_TIMEOUT_MS = 10_000;
/** Of every container of ours: the process that looks after it. */
export const OWNER_LABEL = 'harness.owner';

/** What runs in a container. */
export interface ContainerSpec {
  /** Of the container; nobody else's. */
  readonly name: string;
  readonly image: string;
  /** In the container. It has no capability and cannot become another. */
  readonly user: string;
  /** For /bin/sh; it ends by an `exec` of the server, and may run again on the data that is there. PASSWORD is set. */
  readonly script: string;
  /** `$@` of the script. */
  readonly args: readonly string[];
  /** Where the server listens in the container. */
  readonly port: number;
  /** Where it is reached, on 127.0.0.1. */
  readonly hostPort: number;
  /** Of the server's data; belongs to the user in the image. */
  readonly folder: string;
  /** A line with this has been said when the server serves; case does not matter. */
  readonly readyLine: string;
  /** Until that line. */
  readonly timeout_ms: number;
  readonly sharesProcesses: boolean;
}

export interface ContainerOptions extends Omit<ContainerSpec, 'name'> {
  /** What messages and the log file call it. */
  readonly component: string;
  readonly password: string;
  readonly engine: Engine;
}

/** The image of the container of ours that serves on this port; undefined where none does, or no engine answers. */
export async function imageServing(port: number, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const filters = encodeURIComponent(JSON.stringify({ label: [OWNER_LABEL] }));
    const { body } = await findEngine(env).ask('GET', `/containers/json?filters=${filters}`);
    const running = body as readonly {
      readonly Image: string;
      readonly Ports: readonly { readonly PublicPort?: number }[];
    }[];
    return running.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port))?.Image;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** A password that no other container on the engine's network can guess. */
export function newPassword(): string {
  return randomBytes(16).toString('hex');
}

/** A server in a container. Its data lives until `stop`, through any number of kills. */
export class ContainerServer {
  readonly running: RunningProcess;
  readonly #name: string;
  readonly #engine: Engine;

  private constructor(running: RunningProcess, name: string, engine: Engine) {
    this.running = running;
    this.#name = name;
    this.#engine = engine;
  }

  /** Resolves when the container is on its way; wait for `running` to say that it serves. Throws ProcessError, ReaperError. */
  static async start(
    { component, password, engine, ...spec }: ContainerOptions,
    { env, reaper, logFile }: Pick<ComponentContext, 'env' | 'reaper'> & { readonly logFile: string },
  ): Promise<ContainerServer> {
    const name = `harness-${component}-${randomBytes(6).toString('hex')}`;
    const running = await startProcess({
      name: `${component} in Docker`,
      command: process.execPath,
      args: [CHILD, JSON.stringify({ ...spec, name } satisfies ContainerSpec)],
      env: {
        PATH: env.PATH,
        CONTAINER_PASSWORD: password,
        DOCKER_HOST: engine.address,
        TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
        TESTCONTAINERS_RYUK_DISABLED: 'true',
        // Not the user's ~/.testcontainers.properties, which may name another engine.
        HOME: '/nonexistent',
      },
      reaper,
      logFile,
      grace_ms: GRACE_MS,
    });
    return new ContainerServer(running, name, engine);
  }

  /** SIGKILL for the server; resolves when it and its port are gone. Throws EngineError. */
  async kill(): Promise<void> {
    await this.#engine.ask('POST', `/containers/${this.#name}/kill?signal=KILL`, { accept: [409] }); // It is dead.
    const wait = { timeout_ms: KILL_TIMEOUT_MS };
    await this.#engine.ask('POST', `/containers/${this.#name}/wait?condition=not-running`, wait);
  }

  /** Starts a killed server again, on its port and with its data; wait until it answers. */
  startAgain(): void {
    this.running.kill('SIGUSR2');
  }

  /** Removes the container and its data. Throws ProcessError. */
  async stop(): Promise<void> {
    await this.running.stop();
    // Its process may have been killed before it could.
    await this.#engine.ask('DELETE', `/containers/${this.#name}?force=true&v=true`, { accept: [404, 409] });
  }
}
