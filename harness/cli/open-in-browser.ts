/** Shows an address in the user's own browser, where there is a desktop to show it on. */
import { spawn } from 'node:child_process';
import { findOnPath } from '../components/find-on-path.ts';

/** The system's own way to open an address; undefined where nobody would see it. */
function opener(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): { command: string; args: string[] } | undefined {
  if (env.CI) return undefined;
  if (platform === 'darwin') return { command: 'open', args: [] };
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'start', ''] };
  const command = findOnPath(['xdg-open'], env);
  const isDesktop = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return isDesktop && command !== undefined ? { command, args: [] } : undefined;
}

/**
 * Whether something was asked to open it; the browser is the user's, and stays. The address is to be printed besides.
 * @param env @default process.env
 */
export function openInBrowser(url: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const found = opener(process.platform, env);
  if (found === undefined) return false;
  const child = spawn(found.command, [...found.args, url], { env, stdio: 'ignore', detached: true });
  // One that cannot be started is no reason to end a run: the address was printed.
  child.on('error', () => {});
  child.unref();
  return true;
}
