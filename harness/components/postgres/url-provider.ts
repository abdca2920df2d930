/** A PostgreSQL server that is there already, at the address in `<PREFIX>_POSTGRES_URL`. */
import { reasonOf } from '../choose.ts';
import type { Probe, ProbeContext, Provider } from '../component.ts';
import { inspectPostgres, MAJOR_MIN, type PostgresFacts } from './inspect.ts';

function variableOf(context: ProbeContext): { readonly variable: string; readonly url: string | undefined } {
  const variable = `${context.envPrefix}_POSTGRES_URL`;
  return { variable, url: context.env[variable] || undefined };
}

/** Whether a server with these facts can serve, and the command that would make it fit. */
export function judgeServer(facts: PostgresFacts, variable: string): Probe {
  const refuse = (reason: string, sql?: string): Probe => ({
    status: 'unavailable',
    reason,
    wasAskedFor: true,
    ...(sql === undefined ? {} : { command: `psql "$${variable}" -c "${sql}"` }),
  });
  const { major, version, walLevel, user, isAllowedEnough } = facts;
  if (major < MAJOR_MIN) return refuse(`${variable} is PostgreSQL ${version}, and ${MAJOR_MIN} or newer is needed`);
  if (walLevel !== 'logical') {
    const reason = `${variable} has wal_level=${walLevel}, and logical is needed: run the command and restart the server`;
    return refuse(reason, 'ALTER SYSTEM SET wal_level = logical');
  }
  if (!isAllowedEnough) {
    const reason = `the role "${user}" of ${variable} may not create databases and replication slots`;
    return refuse(reason, `ALTER ROLE \\"${user}\\" CREATEDB REPLICATION`);
  }
  return { status: 'ready', version, detail: `the server of ${variable}` };
}

export const urlProvider: Provider = {
  name: 'url',
  async probe(context) {
    const { variable, url } = variableOf(context);
    if (url === undefined) return { status: 'unavailable', reason: `${variable} is not set` };
    try {
      return judgeServer(await inspectPostgres(url), variable);
    } catch (error) {
      return { status: 'unavailable', reason: `${variable}: ${reasonOf(error)}`, wasAskedFor: true };
    }
  },
  async start(context) {
    const { url = '' } = variableOf(context);
    const { version } = await inspectPostgres(url);
    return { version, url, stop: async () => {} };
  },
};
