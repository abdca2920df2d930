/** A Redis or Valkey installed on this machine. */
import type { ProbeContext, Provider } from '../component.ts';
import { findOnPath } from '../find-on-path.ts';
import { binaryVersion, type ServerOptions, startServer } from './server.ts';

const NAMES = ['redis-server', 'valkey-server'];

function find(context: ProbeContext): string | undefined {
  return findOnPath(NAMES, context.env);
}

/** Serves with the first server on PATH. */
export function pathProvider(options: ServerOptions = {}): Provider {
  return {
    name: 'path',
    async probe(context) {
      const binary = find(context);
      if (binary) return { status: 'ready', version: await binaryVersion(binary, context.env), detail: binary };
      // On Linux the provider of packages knows the command, and whether it can run at all.
      const advice = process.platform === 'darwin' ? { command: 'brew install redis' } : {};
      return { status: 'unavailable', reason: `no ${NAMES.join(' or ')} is on PATH`, ...advice };
    },
    async start(context) {
      const binary = find(context);
      if (!binary) throw new Error(`No ${NAMES.join(' or ')} is on PATH any more`);
      return startServer(context, binary, options);
    },
  };
}
