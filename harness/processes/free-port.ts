/** A port that nobody listens on. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * A free TCP port on 127.0.0.1. It may be taken by another before it is bound, so whoever starts a server on it
 * chooses again when the server reports that the address is in use.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
