/** A Redis or Valkey server that is there already, at the address in `<PREFIX>_REDIS_URL`. */
import { reasonOf } from '../choose.ts';
import type { ProbeContext, Provider } from '../component.ts';
import { inspectRedis, VERSION_MIN } from './connect.ts';

function variableOf(context: ProbeContext): { readonly variable: string; readonly url: string | undefined } {
  const variable = `${context.envPrefix}_REDIS_URL`;
  return { variable, url: context.env[variable] || undefined };
}

export const urlProvider: Provider = {
  name: 'url',
  async probe(context) {
    const { variable, url } = variableOf(context);
    if (url === undefined) return { status: 'unavailable', reason: `${variable} is not set` };
    try {
      const { version, isNewEnough } = await inspectRedis(url);
      if (isNewEnough) return { status: 'ready', version, detail: `the server of ${variable}` };
      const reason = `${variable} is ${version}, and ${VERSION_MIN.join('.')} or newer is needed`;
      return { status: 'unavailable', reason, wasAskedFor: true };
    } catch (error) {
      return { status: 'unavailable', reason: `${variable}: ${reasonOf(error)}`, wasAskedFor: true };
    }
  },
  async start(context) {
    const { url = '' } = variableOf(context);
    const { version } = await inspectRedis(url);
    return { version, url, stop: async () => {} };
  },
};
