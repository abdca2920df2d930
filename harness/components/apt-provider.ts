/** A server from the system's package manager, on Debian and its descendants. The last resort: it changes the system. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../processes/folder-lock.ts';
import { runCommand } from '../processes/run-command.ts';
import type { ComponentContext, Probe, ProbeContext, Provider } from './component.ts';
import { findOnPath, outputOf } from './find-on-path.ts';

const STEP_TIMEOUT_MS = 600_000;
/** Longer than both steps of whoever holds it. */
const LOCK_TIMEOUT_MS = 1_260_000;
const SUDO_GRACE_MS = 30_000;

/**
 * The package's own service stays off: invoke-rc.d(8) starts nothing in runlevel 1, and systemctl(1) nothing with
 * SYSTEMD_OFFLINE. debconf(7) asks nothing.
 */
const SETTINGS = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'SYSTEMD_OFFLINE=1'];

/** Somebody else's installation, such as an unattended upgrade, is waited for (apt.conf(5)). */
const WAIT_FOR_LOCK = '-oDPkg::Lock::Timeout=120';

export interface AptOptions {
  readonly packages: readonly string[];
  /** Whether what the package brings is there, and how it is started; shared with the provider of binaries on PATH. */
  readonly path: Provider;
  /** @default the user's */
  readonly uid?: number | undefined;
}

/** Whom to run apt-get as, as the words before it; undefined: nobody who may install is at hand. */
async function rootWords(context: ProbeContext, uid: number | undefined): Promise<readonly string[] | undefined> {
  if (uid === 0) return ['env'];
  const sudo = findSudo(context);
  if (!sudo) return undefined;
  try {
    // Never with a password: processes of the harness have no terminal that could ask for it.
    await outputOf(sudo, ['-n', 'true'], { env: context.env });
    return ['sudo', '-n', 'env'];
  } catch {
    return undefined;
  }
}

function findSudo(context: ProbeContext): string | undefined {
  return findOnPath(['sudo'], context.env);
}

/** What installs the packages. A fresh container has no package lists, an old one stale ones: they are fetched first. */
function steps(root: readonly string[], packages: readonly string[]): readonly (readonly string[])[] {
  const aptGet = [...root, ...SETTINGS, 'apt-get'];
  return [
    [...aptGet, 'update'],
    [...aptGet, 'install', '-y', '--no-install-recommends', WAIT_FOR_LOCK, ...packages],
  ];
}

/** The whole that runs, as the user would type it. */
function commandOf(all: readonly (readonly string[])[]): string {
  return all.map((words) => words.join(' ')).join(' && ');
}

/** Serves as soon as `path` finds what the packages bring; offers to install them until then. */
export function aptProvider({ packages, path, uid = process.getuid?.() }: AptOptions): Provider {
  async function probe(context: ProbeContext): Promise<Probe> {
    const found = await path.probe(context);
    if (found.status === 'ready') return found;
    if (!findOnPath(['apt-get'], context.env)) return { status: 'unavailable', reason: 'no apt-get is on PATH' };
    const root = await rootWords(context, uid);
    if (!root) {
      const unavailable = (why: string, command: string): Probe => {
        return { status: 'unavailable', reason: `apt-get needs root, and ${why}`, command };
      };
      if (findSudo(context))
        return unavailable('sudo would ask for a password', commandOf(steps(['sudo', 'env'], packages)));
      return unavailable('there is no sudo', `su -c '${commandOf(steps(['env'], packages))}'`);
    }
    const installation = steps(root, packages);
    const install = async (context: ComponentContext) => {
      // Another run may have installed it while this one waited.
      if ((await path.probe(context)).status === 'ready') return;
      for (const step of installation) await run(context, step);
    };
    const obtain = async (context: ComponentContext) => {
      await mkdir(context.cacheFolder, { recursive: true });
      const { reaper, signal } = context;
      const lock = { path: join(context.cacheFolder, 'apt.lock'), reaper, timeout_ms: LOCK_TIMEOUT_MS };
      await withFolderLock({ ...lock, ...(signal === undefined ? {} : { signal }) }, () => install(context));
    };
    return { status: 'obtainable', asks: true, command: commandOf(installation), obtain };
  }

  return { name: 'apt', probe, start: path.start };
}

function run(context: ComponentContext, [command = '', ...args]: readonly string[]): Promise<void> {
  return runCommand({
    name: 'apt-get',
    command,
    args,
    env: context.env,
    reaper: context.reaper,
    logFile: join(context.logFolder, 'apt-get.log'),
    // An interrupted dpkg has to finish its package, or the system is left half configured.
    grace_ms: SUDO_GRACE_MS,
    timeout_ms: STEP_TIMEOUT_MS,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
}
