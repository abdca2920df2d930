/** The Chromium that `<PREFIX>_CHROMIUM_URL` names, by its path or file: URL. */
import { reasonOf } from '../choose.ts';
import type { ProbeContext, Provider } from '../component.ts';
import { programAt, programVersion, served } from './program.ts';

function variableOf(context: ProbeContext): { readonly variable: string; readonly address: string | undefined } {
  const variable = `${context.envPrefix}_CHROMIUM_URL`;
  return { variable, address: context.env[variable] || undefined };
}

export const urlProvider: Provider = {
  name: 'url',
  async probe(context) {
    const { variable, address } = variableOf(context);
    if (address === undefined) return { status: 'unavailable', reason: `${variable} is not set` };
    try {
      const version = await programVersion(programAt(address), context.env);
      return { status: 'ready', version, detail: `the program of ${variable}` };
    } catch (error) {
      return { status: 'unavailable', reason: `${variable}: ${reasonOf(error)}`, wasAskedFor: true };
    }
  },
  async start(context) {
    const { address = '' } = variableOf(context);
    return served(programAt(address), context.env);
  },
};
