/** A program built from its source by the Go that is there, into the cache. The last resort: it takes minutes. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../processes/folder-lock.ts';
import { runCommand } from '../processes/run-command.ts';
import { commandLine } from './command-line.ts';
import type { ComponentContext, ProbeContext, Provider } from './component.ts';
import { findOnPath, isExecutable, outputOf } from './find-on-path.ts';
import type { WheelProviderOptions } from './wheel-provider.ts';

export interface GoProviderOptions extends Pick<WheelProviderOptions, 'version' | 'start'> {
  /** The package to install: `go.k6.io/k6`. */
  readonly module: string;
  /** What Go calls the program: the module's last element that is no major version. */
  readonly binary: string;
  /** Without a `v`. */
  readonly moduleVersion: string;
}

/** For k6, 96 s were measured on two idle cores with nothing in Go's cache. */
const BUILD_TIMEOUT_MS = 900_000;
const LOCK_TIMEOUT_MS = 960_000;

/** Serves with what was built; offers to build it until then. */
export function goProvider({ module, binary, moduleVersion, version, start }: GoProviderOptions): Provider {
  const builtIn = (cacheFolder: string) =>
    join(cacheFolder, `${binary}-${moduleVersion}-go-${process.platform}-${process.arch}`, binary);
  const source = `${module}@v${moduleVersion}`;

  async function probe(context: ProbeContext) {
    const built = builtIn(context.cacheFolder);
    const said = isExecutable(built) ? await version(built, context.env).catch(() => undefined) : undefined;
    if (said !== undefined) return { status: 'ready', version: said, detail: built } as const;
    const go = findOnPath(['go'], context.env);
    if (!go) return { status: 'unavailable', reason: 'no go is on PATH' } as const;
    await outputOf(go, ['version'], { env: context.env });
    const command = commandLine(['env', `GOBIN=${join(built, '..')}`, 'go', 'install', source]);
    return { status: 'obtainable', asks: false, command, obtain: (full: ComponentContext) => build(full) } as const;
  }

  async function build(context: ComponentContext): Promise<void> {
    const { cacheFolder, reaper, signal, env, logFolder } = context;
    const aborting = signal === undefined ? {} : { signal };
    await mkdir(cacheFolder, { recursive: true });
    const lock = { path: join(cacheFolder, `${binary}-go.lock`), reaper, timeout_ms: LOCK_TIMEOUT_MS, ...aborting };
    await withFolderLock(lock, async () => {
      if ((await probe(context)).status === 'ready') return; // Another run was quicker.
      const draft = await reaper.makeFolder(join(cacheFolder, '.building-'));
      try {
        await runCommand({
          name: 'go',
          command: findOnPath(['go'], env) ?? 'go',
          args: ['install', source],
          env: { ...env, GOBIN: draft, GOFLAGS: '' },
          reaper,
          logFile: join(logFolder, 'go.log'),
          timeout_ms: BUILD_TIMEOUT_MS,
          ...aborting,
        });
        const final = builtIn(cacheFolder);
        await mkdir(join(final, '..'), { recursive: true });
        await rename(join(draft, binary), final);
      } finally {
        await rm(draft, { recursive: true, force: true });
        await reaper.releaseFolder(draft);
      }
    });
  }

  return { name: 'go', probe, start: (context) => start(context, builtIn(context.cacheFolder)) };
}
