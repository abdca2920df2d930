/** A Chromium, or Google's Chrome, installed on this machine. */
import type { Provider } from '../component.ts';
import { findOnPath } from '../find-on-path.ts';
import { programVersion, served } from './program.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Serves with the first program on PATH; an earlier name wins. */
export function pathProvider(): Provider {
  return {
    name: 'path',
    async probe({ env }) {
      const program = findOnPath(NAMES, env);
      if (program) return { status: 'ready', version: await programVersion(program, env), detail: program };
      // On Linux the provider of packages knows the command, and whether it can run at all.
      const advice = process.platform === 'darwin' ? { command: 'brew install --cask chromium' } : {};
      return { status: 'unavailable', reason: `no ${NAMES.join(' or ')} is on PATH`, ...advice };
    },
    async start({ env }) {
      const program = findOnPath(NAMES, env);
      if (!program) throw new Error(`No ${NAMES.join(' or ')} is on PATH any more`);
      return served(program, env);
    },
  };
}
