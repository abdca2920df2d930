/** Who takes part: each client with a server that can serve it, as a process of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Absentee, BenchmarkContext } from '../../../harness/benchmarks/benchmark.ts';
import { centrifugo } from '../../../harness/components/centrifugo/centrifugo.ts';
import { claimRedisDatabase } from '../../../harness/components/claim.ts';
import { redis } from '../../../harness/components/redis/redis.ts';
import { startCentrifugo } from './centrifuge/server.ts';
import type { Peer } from './peer.ts';
import { startFeedServer } from './peer-server.ts';

const here = (file: string) => join(import.meta.dirname, file);

function versionOf(packageName: string): string {
  const file = join(import.meta.dirname, '../../../node_modules', packageName, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Ours first: the others are compared with it. */
export async function peersOf(context: BenchmarkContext): Promise<{ peers: Peer[]; absent: Absentee[] }> {
  const absent: Absentee[] = [];
  const peers = [
    ...(await oursWithRedis(context, absent)),
    nodePeer(context, 'partysocket', `export { default } from 'partysocket/ws'`),
    nodePeer(context, 'socket.io', `export { io } from 'socket.io-client'`),
    ...(await centrifugeWithCentrifugo(context, absent)),
  ];
  return { peers, absent };
}

function nodePeer({ reaper }: BenchmarkContext, name: string, entry: string): Peer {
  return {
    name,
    version: versionOf(name),
    client: here(`${name}/client.ts`),
    entry,
    startServer: (signal) =>
      startFeedServer({ name: `server of ${name}`, program: here(`${name}/server.ts`), reaper, signal }),
  };
}

async function oursWithRedis(context: BenchmarkContext, absent: Absentee[]): Promise<Peer[]> {
  const component = await context.component(redis);
  if (component.status === 'missing') {
    absent.push({ ...component, name: 'ours' });
    return [];
  }
  return [
    {
      name: 'ours',
      version: 'here',
      client: here('ours/client.ts'),
      entry: `export { createEventClient } from '${here('../../../impl/websocket/client.ts')}'`,
      // An empty log for each turn: on the last turn's, clients would meet a new epoch, which no other contender has to.
      startServer: async (signal) => {
        const claim = await claimRedisDatabase(component.url);
        const server = await startFeedServer({
          name: 'our server',
          program: here('ours/server.ts'),
          environment: { REDIS_URL: claim.url },
          reaper: context.reaper,
          signal,
        });
        return {
          ...server,
          stop: async () => {
            await server.stop();
            await claim.release();
          },
        };
      },
    },
  ];
}

async function centrifugeWithCentrifugo(context: BenchmarkContext, absent: Absentee[]): Promise<Peer[]> {
  const component = await context.component(centrifugo);
  if (component.status === 'missing') {
    absent.push({ ...component, name: 'centrifuge' });
    return [];
  }
  const { url, version } = component;
  return [
    {
      name: 'centrifuge',
      version: `${versionOf('centrifuge')} on Centrifugo ${version}`,
      client: here('centrifuge/client.ts'),
      entry: `export { Centrifuge } from 'centrifuge'`,
      startServer: () =>
        startCentrifugo({ binary: fileURLToPath(url), folder: context.folder, reaper: context.reaper }),
    },
  ];
}
