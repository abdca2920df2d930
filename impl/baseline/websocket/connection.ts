/** The server's end of one connection as v1.0.0 had it: a token, subscriptions, live events. */
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { ChannelFeeds, FeedMember } from '../../event-log/channel-feeds.ts';
import type { HistoryReader } from '../../event-log/event-log.ts';
import type { User } from '../../release-parts.ts';
import { CLOSE } from '../../websocket/close-codes.ts';
import type { ErrorFrame } from '../../websocket/frames.ts';
import { errorFrame, isFrame, parseClientFrame } from '../../websocket/protocol.ts';

const AUTHENTICATE_ms = 10_000;
const MAX_BUFFERED_bytes = 1_048_576;
const MAX_SUBSCRIPTIONS = 100;

export interface BaselineContext {
  readonly log: HistoryReader;
  readonly feeds: ChannelFeeds;
  readonly authenticate: (token: string) => Promise<User>;
  readonly logger: Logger;
}

export class BaselineConnection {
  readonly #socket: WebSocket;
  readonly #context: BaselineContext;
  readonly #members = new Map<string, FeedMember>();
  #authenticated: Promise<void> | undefined;

  constructor(socket: WebSocket, context: BaselineContext) {
    this.#socket = socket;
    this.#context = context;
    const timer = setTimeout(() => socket.close(CLOSE.unauthorized, 'no token'), AUTHENTICATE_ms);
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(CLOSE.unsupportedData, 'text frames only');
      else this.#message(String(data), timer);
    });
    socket.on('error', (error) => context.logger.debug({ err: error }, 'WebSocket error'));
    socket.on('close', () => {
      clearTimeout(timer);
      for (const channel of this.#members.keys()) this.#unsubscribe(channel);
    });
  }

  #message(text: string, timer: NodeJS.Timeout): void {
    const frame = parseClientFrame(text);
    if (!isFrame(frame)) this.#send(frame);
    else if (frame.type === 'ping') this.#send(errorFrame('unknown-type', 'expected authenticate or subscribe'));
    else if (frame.type === 'authenticate') {
      this.#authenticated = this.#authenticate(frame.token).then(() => clearTimeout(timer));
      this.#authenticated.catch(() => {});
    } else if (!this.#authenticated) this.#send(errorFrame('unauthenticated', `${frame.type}: authenticate first`));
    else {
      const { type, channel } = frame;
      this.#authenticated
        .then(() => (type === 'subscribe' ? this.#subscribe(channel) : this.#unsubscribe(channel)))
        .catch(() => {});
    }
  }

  async #authenticate(token: string): Promise<void> {
    try {
      await this.#context.authenticate(token);
    } catch (error) {
      const unavailable = error instanceof Error && 'code' in error && error.code === 'unavailable';
      const code = unavailable ? 'unavailable' : 'unauthorized';
      this.#send(errorFrame(code, `the token ${unavailable ? 'cannot be checked now' : 'is not valid'}`));
      this.#socket.close(unavailable ? CLOSE.tryAgainLater : CLOSE.unauthorized, code);
      throw error;
    }
    this.#send({ type: 'authenticated' });
  }

  async #subscribe(channel: string): Promise<void> {
    if (this.#members.has(channel)) return this.#send({ type: 'subscribed', channel });
    if (this.#members.size >= MAX_SUBSCRIPTIONS) {
      return this.#send(errorFrame('too-many-subscriptions', `a connection may have ${MAX_SUBSCRIPTIONS}`));
    }
    const member: FeedMember = {
      event: ({ payload }) => this.#sendText(`{"type":"event","channel":"${channel}","payload":${payload}}`),
      broken: () => void this.#join(channel, member),
    };
    this.#members.set(channel, member);
    if (await this.#join(channel, member)) this.#send({ type: 'subscribed', channel });
  }

  /** Listens from the log's end on, wherever that is: what came before is not missed. */
  async #join(channel: string, member: FeedMember): Promise<boolean> {
    try {
      const end = await this.#context.log.history(channel);
      if (this.#members.get(channel) !== member) return false;
      this.#context.feeds.join(channel, member, end);
      return true;
    } catch (error) {
      this.#context.logger.warn({ channel, err: error }, 'event log cannot be read');
      this.#send(errorFrame('unavailable', `${channel} cannot be read now`));
      this.#socket.close(CLOSE.tryAgainLater, 'unavailable');
      return false;
    }
  }

  #unsubscribe(channel: string): void {
    const member = this.#members.get(channel);
    if (member) this.#context.feeds.leave(channel, member);
    this.#members.delete(channel);
  }

  #send(frame: object | ErrorFrame): void {
    this.#sendText(JSON.stringify(frame));
  }

  #sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount + text.length > MAX_BUFFERED_bytes) this.#socket.terminate();
    else this.#socket.send(text);
  }
}
