/** k6 built from its source by the Go that is there, into the cache. The last resort: it takes minutes. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../../processes/folder-lock.ts';
import { runCommand } from '../../processes/run-command.ts';
import { commandLine } from '../command-line.ts';
import type { ComponentContext, ProbeContext, Provider } from '../component.ts';
import { findOnPath, isExecutable, outputOf } from '../find-on-path.ts';
import type { WheelProviderOptions } from '../wheel-provider.ts';

const MODULE = 'go.k6.io/k6@v1.8.1';
/** 96 s were measured on two idle cores with nothing in Go's cache. */
const BUILD_TIMEOUT_MS = 900_000;
const LOCK_TIMEOUT_MS = 960_000;

function builtIn(cacheFolder: string): string {
  return join(cacheFolder, `k6-1.8.1-go-${process.platform}-${process.arch}`, 'k6');
}

/** Serves with what was built; offers to build it until then. */
export function goProvider({ version, start }: Pick<WheelProviderOptions, 'version' | 'start'>): Provider {
  async function probe(context: ProbeContext) {
    const binary = builtIn(context.cacheFolder);
    const said = isExecutable(binary) ? await version(binary, context.env).catch(() => undefined) : undefined;
    if (said !== undefined) return { status: 'ready', version: said, detail: binary } as const;
    const go = findOnPath(['go'], context.env);
    if (!go) return { status: 'unavailable', reason: 'no go is on PATH' } as const;
    await outputOf(go, ['version'], { env: context.env });
    const command = commandLine(['env', `GOBIN=${join(binary, '..')}`, 'go', 'install', MODULE]);
    return { status: 'obtainable', asks: false, command, obtain: (full: ComponentContext) => build(full) } as const;
  }

  async function build(context: ComponentContext): Promise<void> {
    const { cacheFolder, reaper, signal, env, logFolder } = context;
    const aborting = signal === undefined ? {} : { signal };
    await mkdir(cacheFolder, { recursive: true });
    const lock = { path: join(cacheFolder, 'k6-go.lock'), reaper, timeout_ms: LOCK_TIMEOUT_MS, ...aborting };
    await withFolderLock(lock, async () => {
      if ((await probe(context)).status === 'ready') return; // Another run was quicker.
      const draft = await reaper.makeFolder(join(cacheFolder, '.building-'));
      try {
        await runCommand({
          name: 'go',
          command: findOnPath(['go'], env) ?? 'go',
          args: ['install', MODULE],
          env: { ...env, GOBIN: draft, GOFLAGS: '' },
          reaper,
          logFile: join(logFolder, 'go.log'),
          timeout_ms: BUILD_TIMEOUT_MS,
          ...aborting,
        });
        const final = builtIn(cacheFolder);
        await mkdir(join(final, '..'), { recursive: true });
        await rename(join(draft, 'k6'), final);
      } finally {
        await rm(draft, { recursive: true, force: true });
        await reaper.releaseFolder(draft);
      }
    });
  }

  return { name: 'go', probe, start: (context) => start(context, builtIn(context.cacheFolder)) };
}
