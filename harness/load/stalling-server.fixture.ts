/** HTTP servers that treat requests as the tests of the generator need it. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

export interface TestServer {
  readonly origin: string;
  readonly server: Server;
}

/** Serves on a free port until the test has ended. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Answers at once, but for one stall: what arrives between the two moments is answered when it is over. */
export function stallingOnce(after_ms: number, stall_ms: number): RequestListener {
  let first_ms: number | undefined;
  return (_request, response) => {
    first_ms ??= performance.now();
    const into_ms = performance.now() - first_ms - after_ms;
    const answer = () => response.end('ok');
    if (into_ms < 0 || into_ms >= stall_ms) answer();
    else setTimeout(answer, stall_ms - into_ms);
  };
}

/** Tells every WebSocket that has said "hello" of the body of each request, unless `isHeard` says no. */
export async function serveAndTell(isHeard: (nth: number, listener: number) => boolean): Promise<TestServer> {
  const listeners: WebSocket[] = [];
  let requests = 0;
  const served = await serve(async (request, response) => {
    const nth = requests;
    requests += 1;
    const body = (await request.toArray()).join('');
    for (const [index, listener] of listeners.entries()) if (isHeard(nth, index)) listener.send(`event ${body}`);
    response.end('ok');
  });
  const webSockets = new WebSocketServer({ server: served.server });
  webSockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      if (String(data) !== 'hello') return;
      listeners.push(socket);
      socket.send('welcome');
    });
  });
  onTestFinished(() => {
    for (const client of webSockets.clients) client.terminate();
  });
  return served;
}
