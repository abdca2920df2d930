/** Runs of the command as processes of their own, on components of their common own: what `prove` makes many of. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Reaper, type ReaperConnection } from '../processes/reaper.ts';
import { startProcess } from '../processes/run-process.ts';
import type { Progress } from '../reporters/progress.ts';
import type { Run } from '../schema/run.ts';
import { confirm, startComponents } from './components.ts';
import type { LoadedConfig } from './config.ts';
import { readRun } from './read-run.ts';
import type { Stopping } from './stopping.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
/** How long a run may take to write its report once it is told to stop. */
const GRACE_MS = 30_000;

export interface ChildRunsOptions {
  readonly config: LoadedConfig;
  /** Names of the components that the runs need. */
  readonly components: readonly string[];
  readonly forced: ReadonlyMap<string, string>;
  readonly provision: boolean;
  /** Where the runs, each in a folder of its own, and the logs go. */
  readonly folder: string;
  readonly stopping: Stopping;
  readonly progress: Progress;
}

/**
 * Starts the components, does the work, and ends everything that either has started.
 * @returns undefined when a component could not be had, or when it was told to stop before the work had anything to say
 */
export async function withChildRuns<T>(
  options: ChildRunsOptions,
  work: (runs: ChildRuns) => Promise<T>,
): Promise<T | undefined> {
  const { config, components: names, stopping, progress } = options;
  const reaper = await Reaper.found();
  try {
    const components = await startComponents({
      config,
      reaper,
      names,
      forced: options.forced,
      provision: options.provision,
      logFolder: join(options.folder, 'logs'),
      record: () => {},
      signal: stopping.signal,
      say: progress.line,
      confirm: (command) => progress.aside(() => confirm(command)),
    });
    if (names.some((name) => components[name] === undefined)) return undefined;
    const environment = Object.fromEntries(
      Object.entries(components).map(([name, { url }]) => [`${config.envPrefix}_${name.toUpperCase()}_URL`, url]),
    );
    return await work(new ChildRuns(options, reaper, environment));
  } catch (error) {
    // Whatever is under way when it is told to stop may reject: why it ends is known already.
    if (stopping.reason === undefined) throw error;
    return undefined;
  } finally {
    await reaper.close();
  }
}

export class ChildRuns {
  readonly reaper: ReaperConnection;
  readonly #options: ChildRunsOptions;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(options: ChildRunsOptions, reaper: ReaperConnection, environment: Readonly<Record<string, string>>) {
    this.#options = options;
    this.reaper = reaper;
    this.#environment = environment;
  }

  /** `npm run regression` with `args`. @returns undefined when it left no verdict, which is told */
  async run(name: string, args: readonly string[]): Promise<Run | undefined | 'interrupted'> {
    const { folder, stopping, progress } = this.#options;
    const output = join(folder, name);
    const logFile = join(folder, 'logs', `${name}.log`);
    // What an earlier run of this name left, and nothing else in the user's folder.
    for (const path of [output, logFile]) rmSync(path, { recursive: true, force: true });
    const running = await startProcess({
      name,
      command: process.execPath,
      args: [MAIN, 'regression', ...args, '--output', output, '--no-provision'],
      env: { ...process.env, ...this.#environment, NO_COLOR: '1' },
      reaper: this.reaper,
      logFile,
      stopSignal: 'SIGINT',
      grace_ms: GRACE_MS,
    });
    const stop = () => void running.stop();
    stopping.signal.addEventListener('abort', stop, { once: true });
    if (stopping.signal.aborted) stop();
    try {
      await running.exited;
    } finally {
      stopping.signal.removeEventListener('abort', stop);
      await running.stop();
    }
    if (stopping.signal.aborted) return 'interrupted';
    const run = readRun(output);
    if (run === undefined) progress.line(`${name}: its run left no verdict: ${running.tail(3).join(' | ')}`);
    return run;
  }
}
