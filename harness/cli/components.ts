/** Obtains and starts the components a run needs, as the options allow. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { ComponentContext } from '../components/component.ts';
import { startComponent } from '../components/start-component.ts';
import type { ReaperConnection } from '../processes/reaper.ts';
import type { ComponentEntry } from '../schema/entry.ts';
import type { LoadedConfig } from './config.ts';
import { oneOf, UsageError } from './usage-error.ts';

/** `--component redis=path` as [component, provider] pairs. @throws UsageError */
export function parseForced(
  given: readonly string[],
  config: Pick<LoadedConfig, 'components' | 'tools'>,
): ReadonlyMap<string, string> {
  const definitions = { ...config.components, ...config.tools };
  return new Map(
    given.map((pair) => {
      const [name = '', provider, more] = pair.split('=');
      if (provider === undefined || provider === '' || more !== undefined)
        throw new UsageError(`--component ${pair}: NAME=PROVIDER was expected, such as redis=path`);
      const component = oneOf('component', name, Object.keys(definitions));
      const providers = definitions[component]?.providers.map((one) => one.name) ?? [];
      return [component, oneOf(`provider of ${component}`, provider, providers)];
    }),
  );
}

export interface StartComponentsOptions {
  readonly config: LoadedConfig;
  readonly names: readonly string[];
  readonly forced: ReadonlyMap<string, string>;
  readonly provision: boolean;
  readonly reaper: ReaperConnection;
  readonly logFolder: string;
  /** Hears of each component, started or missing. */
  readonly record: (entry: ComponentEntry) => void;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Asks the user whether this command may run. */
  readonly confirm: (command: string) => Promise<boolean>;
}

/** Starts each component and tells of it, started or missing. @returns the addresses of those that serve */
export async function startComponents(options: StartComponentsOptions): Promise<Record<string, { url: string }>> {
  const { config, names, forced, reaper, record, say } = options;
  const folder = await reaper.makeFolder(join(tmpdir(), 'harness-components-'));
  const started = await Promise.all(
    names.map(async (name) => {
      const definition = config.components[name] ?? config.tools?.[name];
      if (definition === undefined)
        throw new UsageError(`a stack names the component or tool ${name}, which the composition root does not have`);
      const own = join(folder, name);
      mkdirSync(own);
      const provider = forced.get(name);
      const component = await startComponent(definition, {
        ...contextOf(config, options.provision, say),
        confirm: options.confirm,
        reaper,
        folder: own,
        logFolder: options.logFolder,
        signal: options.signal,
        ...(provider === undefined ? {} : { forced: provider }),
      });
      if (component.status === 'missing') {
        const { reason, command } = component;
        record({
          type: 'component',
          status: 'missing',
          name,
          reason,
          ...(command === undefined ? {} : { command }),
        });
        say(`${name}: not to be had: ${reason}${command === undefined ? '' : ` Get it by: ${command}`}`);
        return [];
      }
      const { version, provider: from, url } = component;
      record({ type: 'component', status: 'started', name, version, provider: from });
      say(`${name} ${version} from ${from}`);
      return [[name, { url }] as const];
    }),
  );
  return Object.fromEntries(started.flat());
}

/** What starting and diagnosing components have in common. */
export function contextOf(
  config: LoadedConfig,
  provision: boolean,
  say: (text: string) => void,
): Pick<ComponentContext, 'env' | 'envPrefix' | 'cacheFolder' | 'provision' | 'say' | 'confirm'> {
  return {
    env: process.env,
    envPrefix: config.envPrefix,
    cacheFolder: join(config.root, '.cache'),
    provision,
    say,
    confirm,
  };
}

/** Components are obtained side by side, questions are asked one after the other. */
let asking: Promise<unknown> = Promise.resolve();

/** Asks on a terminal; without one goes ahead in CI or as root, whose machine it then is. */
export function confirm(command: string): Promise<boolean> {
  if (process.env.CI === 'true') return Promise.resolve(true);
  if (!process.stdin.isTTY) return Promise.resolve(process.getuid?.() === 0);
  // Somebody is there, but would not see the question.
  if (!process.stderr.isTTY) return Promise.resolve(false);
  const answer = asking.then(() => ask(command));
  asking = answer;
  return answer;
}

/** Ctrl-C is passed on as the signal it is; whatever is no yes is a no. */
async function ask(command: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  terminal.on('close', () => resolve(''));
  terminal.on('SIGINT', () => {
    terminal.close();
    process.kill(process.pid, 'SIGINT');
  });
  try {
    const answer = await Promise.race([terminal.question(`run \`${command}\` now? [y/N] `).catch(() => ''), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
