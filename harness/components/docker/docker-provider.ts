/** A server out of an image, run by the Docker engine of this machine. */
import { join } from 'node:path';
import { runCommand } from '../../processes/run-command.ts';
import { reasonOf } from '../choose.ts';
import { commandLine } from '../command-line.ts';
import type { ComponentContext, Probe, ProbeContext, Provider, StartedComponent } from '../component.ts';
import { findOnPath } from '../find-on-path.ts';
import { type Engine, type EngineFacts, findEngine } from './engine.ts';

const PULL_TIMEOUT_MS = 600_000;

export interface DockerProviderOptions {
  /** Of the component, in upper case: `REDIS` makes `<PREFIX>_REDIS_IMAGE` name another image. */
  readonly variable: string;
  /** By tag and by the digest of its index of platforms, so that it is the same everywhere and for ever. */
  readonly image: string;
  readonly start: (
    context: ComponentContext,
    server: { readonly engine: Engine; readonly facts: EngineFacts; readonly image: string },
  ) => Promise<Omit<StartedComponent, 'status' | 'name' | 'provider'>>;
}

/** Serves where an engine answers that has the image; offers to pull it until then. */
export function dockerProvider({ variable, image: pinned, start }: DockerProviderOptions): Provider {
  /** Throws Error for what is no name of an image, which is part of a request to the engine. */
  function imageOf({ env, envPrefix }: ProbeContext): string {
    const name = `${envPrefix}_${variable}_IMAGE`;
    const image = env[name] || pinned;
    if (/^[a-z\d][\w.:/-]*(@sha256:[a-f\d]{64})?$/i.test(image) && !image.includes('..')) return image;
    throw new Error(`${name} is ${JSON.stringify(image)}, and the name of an image was expected, such as ${pinned}`);
  }

  async function find(context: ProbeContext) {
    const image = imageOf(context);
    const engine = findEngine(context.env);
    return { image, engine, facts: await engine.facts() };
  }

  return {
    name: 'docker',
    async probe(context): Promise<Probe> {
      let found: Awaited<ReturnType<typeof find>>;
      try {
        found = await find(context);
      } catch (error) {
        return { status: 'unavailable', reason: reasonOf(error) };
      }
      const { image, engine, facts } = found;
      if (await engine.hasImage(image)) {
        const detail = `${image} on the Docker engine ${facts.version} at ${engine.address}`;
        return { status: 'ready', version: tagOf(image), detail };
      }
      if (!findOnPath(['docker'], context.env)) {
        const reason = `the Docker engine at ${engine.address} has no image ${image}, and no docker is on PATH to pull it`;
        return { status: 'unavailable', reason };
      }
      // The very engine that was asked, whatever context the user's docker is set to.
      const words = ['env', `DOCKER_HOST=${engine.address}`, 'docker', 'pull', '--quiet', image];
      return { status: 'obtainable', asks: false, command: commandLine(words), obtain: (full) => pull(full, words) };
    },
    async start(context) {
      return start(context, await find(context));
    },
  };
}

/** `18.4` of `postgres:18.4@sha256:…`. */
function tagOf(image: string): string {
  return /:([^/:@]+)(?:@|$)/.exec(image)?.[1] ?? image;
}

async function pull(context: ComponentContext, [command = '', ...args]: readonly string[]): Promise<void> {
  await runCommand({
    name: 'docker pull',
    command,
    args,
    env: context.env,
    reaper: context.reaper,
    logFile: join(context.logFolder, 'docker-pull.log'),
    timeout_ms: PULL_TIMEOUT_MS,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
}
