/** A PostgreSQL installed on this machine: on PATH, or where Debian puts the versions it keeps side by side. */
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Probe, ProbeContext, Provider } from '../component.ts';
import { allOnPath, isExecutable, outputOf } from '../find-on-path.ts';
import { startCluster } from './cluster.ts';
import { MAJOR_MIN, parsePostgresVersion } from './inspect.ts';

const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface PathOptions {
  /** Holds `<major>/bin`. @default '/usr/lib/postgresql' */
  readonly versionsFolder?: string;
}

function versionsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(b) - Number(a))
      .map((name) => join(folder, name, 'bin'));
  } catch {
    return [];
  }
}

/** The folders that hold a server and what makes a cluster for it, in the order of preference. */
function candidates(context: ProbeContext, versionsFolder: string): string[] {
  // Debian links only some programs to PATH: initdb lies beside the real server.
  const onPath = allOnPath('postgres', context.env).map((path) => dirname(realpathSync(path)));
  return [...new Set([...onPath, ...versionsIn(versionsFolder)])].filter((folder) =>
    ['postgres', 'initdb'].every((name) => isExecutable(join(folder, name))),
  );
}

/** Serves with the first installed server that is new enough. */
export function pathProvider({ versionsFolder = DEBIAN_FOLDER }: PathOptions = {}): Provider {
  async function find(context: ProbeContext) {
    let tooOld: string | undefined;
    for (const folder of candidates(context, versionsFolder)) {
      const { version, major } = parsePostgresVersion(
        await outputOf(join(folder, 'postgres'), ['--version'], { env: context.env }),
      );
      if (major >= MAJOR_MIN) return { folder, version };
      tooOld ??= `${folder} is PostgreSQL ${version}, and ${MAJOR_MIN} or newer is needed`;
    }
    return { reason: tooOld ?? `no postgres with its initdb is on PATH or in ${versionsFolder}` };
  }

  return {
    name: 'path',
    async probe(context): Promise<Probe> {
      const { folder, version, reason } = await find(context);
      if (folder !== undefined) return { status: 'ready', version, detail: folder };
      // On Linux the provider of packages knows the command, and whether it can run at all.
      const advice = process.platform === 'darwin' ? { command: 'brew install postgresql' } : {};
      return { status: 'unavailable', reason, ...advice };
    },
    async start(context) {
      const { folder, reason } = await find(context);
      if (folder === undefined) throw new Error(reason);
      return startCluster(context, { binaries: async () => folder });
    },
  };
}
