/** As whom a PostgreSQL server runs, for it refuses root, and folders that this account can reach. */
import { accessSync, constants } from 'node:fs';
import { chown, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentContext } from '../component.ts';
import { outputOf } from '../find-on-path.ts';

/** Empty: as the user of the harness. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Nobody, on every Linux. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** For root: `postgres` if there is such a user, else nobody. For everybody else: themselves. */
export async function serverAccount(env: NodeJS.ProcessEnv): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => outputOf('id', [flag, 'postgres'], { env })));
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return NOBODY;
  }
}

async function canEnter(folder: string, account: Account, env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await outputOf('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, env });
    return true;
  } catch {
    return false;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a folder that belongs to the account and that it can reach: in the context's folder, or in a temporary one when
 * that is closed to it, as a folder made by `mkdtemp` as root is. The reaper owns it. Throws when there is none.
 */
export async function makeHome(context: ComponentContext, account: Account): Promise<string> {
  const parents = [...new Set([context.folder, tmpdir(), '/tmp', '/var/tmp'])];
  for (const parent of parents) {
    if (!isWritable(parent)) continue;
    const home = await context.reaper.makeFolder(join(parent, 'harness-postgres-'));
    if (account.uid !== undefined && account.gid !== undefined) await chown(home, account.uid, account.gid);
    if (await canEnter(home, account, context.env)) return home;
    await removeHome(context, home);
  }
  throw new Error(`The account with uid ${account.uid} can reach none of ${parents.join(', ')}`);
}

/** Removes it, and tells the reaper. */
export async function removeHome(context: ComponentContext, home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
  await context.reaper.releaseFolder(home);
}
