/** Centrifugo, the server that centrifuge-js is made for, as a tool: a Go program that no npm package, wheel or Debian package brings. */
import { pathToFileURL } from 'node:url';
import type { ComponentDefinition, ProbeContext, Provider } from '../component.ts';
import { findOnPath, outputOf } from '../find-on-path.ts';
import { goProvider } from '../go-provider.ts';

/** The configuration's keys are those of 6.x. */
const MAJOR = 6;

/** `6.9.1` from what the binary prints; one that Go built says `0.0.0` and is known by where it stands. Throws when it is none. */
async function versionOf(binary: string, env: NodeJS.ProcessEnv): Promise<string> {
  const said = await outputOf(binary, ['version'], { env });
  const [, version] = /^Centrifugo v?(\d+\.\d+\.\d+)/i.exec(said) ?? [];
  if (version === undefined) throw new Error(`${binary} is no Centrifugo: ${said.split('\n', 1)[0]}`);
  return version;
}

async function startBinary({ env }: ProbeContext, binary: string) {
  return { version: await versionOf(binary, env), url: pathToFileURL(binary).href, stop: async () => {} };
}

const path: Provider = {
  name: 'path',
  async probe({ env }) {
    const binary = findOnPath(['centrifugo'], env);
    if (!binary) return { status: 'unavailable', reason: 'no centrifugo is on PATH' };
    const version = await versionOf(binary, env);
    if (!version.startsWith(`${MAJOR}.`))
      return { status: 'unavailable', reason: `${binary} is ${version}, and a ${MAJOR}.x is needed` };
    return { status: 'ready', version, detail: binary };
  },
  async start(context) {
    const binary = findOnPath(['centrifugo'], context.env);
    if (!binary) throw new Error('No centrifugo is on PATH any more');
    return startBinary(context, binary);
  },
};

const MODULE_VERSION = '6.9.1';

const go = goProvider({
  module: 'github.com/centrifugal/centrifugo/v6',
  binary: 'centrifugo',
  moduleVersion: MODULE_VERSION,
  // Only a release build is told its version; Go took it from the module.
  version: async (binary, env) => {
    await versionOf(binary, env);
    return MODULE_VERSION;
  },
  start: async (context, binary) => ({ ...(await startBinary(context, binary)), version: MODULE_VERSION }),
});

export const centrifugo: ComponentDefinition = { name: 'centrifugo', providers: [path, go] };
