/** A server of one contender that is a Node process: where it listens, publishing to all, and what it costs. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCommands } from '../../../fixtures/crowd/commands.ts';
import { type Usage, usageOfThisProcess } from './usage.ts';

export type FeedServerCommands = {
  /** The port that clients connect to. */
  port(input: null): Promise<number>;
  publish(input: { readonly number: number }): Promise<void>;
  usage(input: null): Promise<Usage>;
};

/** Serves at a free port; `attach` puts the contender on the server and returns what publishes an event by its number. */
export async function serveFeed(attach: (server: Server) => Promise<(number: number) => Promise<void>>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const publish = await attach(server);
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const commands: FeedServerCommands = {
    port: async () => port,
    publish: ({ number }) => publish(number),
    usage: async () => usageOfThisProcess(),
  };
  await serveCommands(commands);
}
