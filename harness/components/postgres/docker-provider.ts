/** PostgreSQL out of the official image. The image's own start is left out: it serves twice, first for its set-up alone. */
import { join } from 'node:path';
import type { ComponentContext } from '../component.ts';
import { ContainerServer, newPassword } from '../docker/container.ts';
import { dockerProvider } from '../docker/docker-provider.ts';
import { startOnFreePort } from '../free-port-start.ts';
import { awaitPostgres, INITDB_FLAGS, READY_LINE, SETTINGS, START_TIMEOUT_MS, settingsArgs } from './cluster.ts';

/** As public projects pin it: a registry that has no such digest refuses, and nothing else is run in its place. */
const IMAGE = 'postgres:18.4@sha256:3a82e1f56c8f0f5616a11103ac3d47e632c3938698946a7ad26da0df1334744a';
/** The home of the image's user `postgres`. */
const FOLDER = '/var/lib/postgresql';

/** The password in clear: it crosses 127.0.0.1 only, and hashing it would cost each connection some milliseconds. */
const SCRIPT = `
set -e
umask 077
data=${FOLDER}/harness
if [ ! -s $data/PG_VERSION ]; then
  printf %s "$PASSWORD" > ${FOLDER}/password
  initdb ${INITDB_FLAGS.join(' ')} --auth=password --pwfile=${FOLDER}/password --pgdata=$data
  echo 'host all all all password' >> $data/pg_hba.conf
fi
unset PASSWORD
exec postgres -D $data "$@"`;

export const postgresDockerProvider = dockerProvider({
  variable: 'POSTGRES',
  image: IMAGE,
  async start(context: ComponentContext, { engine, facts, image }) {
    const password = newPassword();
    const { server, url, version } = await startOnFreePort(async (hostPort) => {
      const options = { component: 'postgres', image, engine, password, hostPort, user: 'postgres', folder: FOLDER };
      const server = await ContainerServer.start(
        {
          ...options,
          script: SCRIPT,
          args: settingsArgs({ ...SETTINGS, listen_addresses: '*' }),
          port: 5432,
          readyLine: READY_LINE,
          timeout_ms: START_TIMEOUT_MS,
          sharesProcesses: facts.sharesProcesses,
        },
        { env: context.env, reaper: context.reaper, logFile: join(context.logFolder, 'postgres.log') },
      );
      const url = `postgres://postgres:${password}@127.0.0.1:${hostPort}/postgres`;
      return { server, url, version: await awaitPostgres(server.running, url, context.signal) };
    });
    return { version, url, stop: () => server.stop() };
  },
});
