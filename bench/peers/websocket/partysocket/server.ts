/** What partysocket is used with where nothing more is built: a server of `ws` that sends each event to all who are there. */
import { WebSocketServer } from 'ws';
import { feedEvent } from '../conditions.ts';
import { serveFeed } from '../feed-server.ts';

await serveFeed(async (server) => {
  const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
  return async (number) => {
    const text = JSON.stringify(feedEvent(number));
    for (const webSocket of webSockets.clients) webSocket.send(text);
  };
});
