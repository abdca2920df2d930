/** Programs on the search path of a given environment, and the versions they tell. */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const VERSION_TIMEOUT_MS = 10_000;

/** Whether this is a file that we may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Every program of this name on PATH, in the order of PATH. */
export function allOnPath(name: string, env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

/** The first program on PATH that has one of these names; an earlier name wins. */
export function findOnPath(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.flatMap((name) => allOnPath(name, env))[0];
}

export interface AskOptions {
  readonly env: NodeJS.ProcessEnv;
  /** As whom; only root may choose. */
  readonly uid?: number;
  readonly gid?: number;
}

/** What a short command prints on stdout. Throws when it fails or is not done within 10 s. */
export async function outputOf(command: string, args: readonly string[], options: AskOptions): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    ...options,
    cwd: '/',
    timeout: VERSION_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  return stdout.trim();
}
