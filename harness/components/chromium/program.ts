/** The program behind an address, and the version it tells. */
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ProbeContext } from '../component.ts';
import { isExecutable, outputOf } from '../find-on-path.ts';

/** The first with the headless mode that is the browser itself (developer.chrome.com, "Chrome Headless mode"). */
const MAJOR_MIN = 112;

/** The path of an address as a component has it, or as the user may write it: `file:///usr/bin/chromium`, `/usr/bin/chromium`. */
export function programAt(address: string): string {
  if (address.startsWith('file:')) return fileURLToPath(address);
  if (isAbsolute(address)) return address;
  throw new Error(`expected the absolute path or file: URL of a Chromium, got ${address}`);
}

/** `Chromium 156.0.8078.73`, or of Google Chrome. Throws when it cannot be run, is something else, or is too old. */
export async function programVersion(program: string, env: ProbeContext['env']): Promise<string> {
  if (!isExecutable(program)) throw new Error(`${program} is no program that may be run`);
  const said = await outputOf(program, ['--version'], { env });
  const [, name, version, major] = /^(Chromium|Google Chrome)\S* ((\d+)[\d.]*)/.exec(said) ?? [];
  if (name === undefined || version === undefined) throw new Error(`${program} is no Chromium: ${said.slice(0, 100)}`);
  if (Number(major) < MAJOR_MIN) throw new Error(`${program} is ${version}, and ${MAJOR_MIN} or newer is needed`);
  return `${name} ${version}`;
}

/** What a provider's `start` gives: nothing runs yet, so nothing is to be stopped. */
export async function served(program: string, env: ProbeContext['env']) {
  const version = await programVersion(program, env);
  return { version, url: pathToFileURL(program).href, stop: async () => {} };
}
