/** The server's end of one connection: authentication, subscriptions, and every bound on what the peer may cost. */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { ChannelFeeds } from '../event-log/channel-feeds.ts';
import type { HistoryReader, LogEvent } from '../event-log/event-log.ts';
import type { User } from '../release-parts.ts';
import { Budget } from './budget.ts';
import { ChannelSubscription, type SubscribeRequest, type SubscriberLink } from './channel-subscription.ts';
import { CLOSE } from './close-codes.ts';
import type { ClientFrame, ErrorFrame, ServerFrame } from './frames.ts';
import type { EventServerLimits } from './limits.ts';
import type { EventServerMetrics } from './metrics.ts';
import { Outbound } from './outbound.ts';
import { errorFrame, eventText, isFrame, parseClientFrame } from './protocol.ts';
import type { UserQuota, UserQuotas } from './user-quotas.ts';

/** `setTimeout` fires at once when it is given more. */
const TIMER_ms_max = 2 ** 31 - 1;

/** What all connections of a server share. */
export interface ConnectionContext {
  readonly log: HistoryReader;
  readonly feeds: ChannelFeeds;
  readonly authenticate: (token: string) => Promise<User>;
  readonly quotas: UserQuotas;
  readonly limits: EventServerLimits;
  readonly metrics: EventServerMetrics;
  readonly logger: Logger;
}

export class Connection implements SubscriberLink {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #context: ConnectionContext;
  readonly #outbound: Outbound;
  readonly #subscriptions = new Map<string, ChannelSubscription>();
  /** Subscriptions that came in one flight with the token, until it is known to be valid. */
  readonly #waiting = new Map<string, SubscribeRequest>();
  readonly #authenticateTimer: NodeJS.Timeout;
  readonly #errors: Budget;
  readonly #newSubscriptions: Budget;
  #expiryTimer: NodeJS.Timeout | undefined;
  #authenticating = false;
  #user: User | undefined;
  #quota: UserQuota | undefined;
  #lastFrame_ms = performance.now();
  #ending = false;

  constructor(socket: WebSocket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    const { limits } = context;
    this.#errors = new Budget(limits.maxErrors, limits.error_ms);
    this.#newSubscriptions = new Budget(limits.maxNewSubscriptions, limits.newSubscription_ms);
    context.metrics.connections.inc();
    this.#authenticateTimer = setTimeout(() => this.#authenticateTimedOut(), limits.authenticate_ms);
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    const alive = () => {
      this.#lastFrame_ms = performance.now();
    };
    socket.on('ping', alive);
    socket.on('pong', alive);
    // ws closes with 1002, 1007 or 1009 by itself and then emits `close`.
    socket.on('error', (error) => context.logger.debug({ err: error }, 'WebSocket error'));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.#release(code);
        resolve();
      });
    });
    this.#outbound = new Outbound(socket, limits, () => this.#slow());
  }

  /** Sends a close frame, and ends the connection after a short grace if the peer does not answer it. */
  end(code: number, reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#endSubscriptions();
    this.#socket.close(code, reason);
    const timer = setTimeout(() => this.#socket.terminate(), this.#context.limits.closeGrace_ms);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Looks after silence: called every `sweep_ms` by the server. */
  sweep(now_ms: number): void {
    const { limits, metrics } = this.#context;
    const silent_ms = now_ms - this.#lastFrame_ms;
    if (silent_ms >= limits.idle_ms) {
      metrics.deadPeers.inc();
      this.terminate(); // close() on a stopped peer would take 30 s
    } else if (this.#outbound.isStalled(now_ms)) this.#slow();
    else if (silent_ms >= limits.probe_ms && !this.#ending) this.#socket.ping();
  }

  subscribed(frame: ServerFrame): void {
    this.#send(frame);
  }

  async replay(event: LogEvent): Promise<void> {
    if (!(await this.#outbound.sendPaced(eventText(event)))) return;
    this.#context.metrics.eventsSent.inc();
    this.#context.metrics.eventsReplayed.inc();
  }

  live(event: LogEvent): void {
    if (this.#outbound.send(eventText(event))) this.#context.metrics.eventsSent.inc();
  }

  gap(channel: string): void {
    this.#context.metrics.gaps.inc();
    this.#context.logger.info({ channel }, 'gap told: missed events are not in the log any more');
  }

  unavailable(channel: string, error: Error): void {
    this.#context.logger.warn({ channel, err: error }, 'event log cannot be read');
    this.#send(errorFrame('unavailable', `${channel} cannot be read now; connect again`));
    this.end(CLOSE.tryAgainLater, 'unavailable');
  }

  #message(data: RawData, isBinary: boolean): void {
    this.#lastFrame_ms = performance.now();
    if (this.#ending) return;
    if (isBinary) this.end(CLOSE.unsupportedData, 'text frames only');
    else this.#frame(parseClientFrame(String(data)));
  }

  #frame(frame: ClientFrame | ErrorFrame): void {
    if (!isFrame(frame)) this.#refuse(frame);
    else if (frame.type === 'ping') this.#send({ type: 'pong', id: frame.id });
    else if (frame.type === 'authenticate') void this.#authenticate(frame.token);
    else if (frame.type === 'subscribe') this.#subscribe(frame.channel, frame);
    else this.#unsubscribe(frame.channel);
  }

  /** Answers with an error; after too many the peer is told to begin anew. */
  #refuse(frame: ErrorFrame): void {
    if (this.#errors.take()) this.#send(frame);
    else this.end(CLOSE.policyViolation, 'too many errors');
  }

  async #authenticate(token: string): Promise<void> {
    if (this.#authenticating) {
      this.#refuse(errorFrame('bad-frame', 'authenticate: already under way'));
      return;
    }
    this.#authenticating = true;
    let user: User;
    try {
      user = await this.#context.authenticate(token);
    } catch (error) {
      if (!this.#ending) this.#notAuthenticated(error);
      return;
    } finally {
      this.#authenticating = false;
    }
    if (this.#ending || this.#socket.readyState !== this.#socket.OPEN) return;
    clearTimeout(this.#authenticateTimer);
    if (!this.#admit(user)) return;
    this.#expireAt(user.expiresAt_ms);
    this.#context.logger.debug({ subject: user.subject }, 'authenticated');
    const expires = user.expiresAt_ms !== undefined && { expiresIn_ms: Math.max(0, user.expiresAt_ms - Date.now()) };
    this.#send({ type: 'authenticated', ...expires });
    for (const [channel, request] of this.#waiting) this.#start(channel, request);
    this.#waiting.clear();
  }

  /** A connection is one user's, from its first token on (centrifuge-dart#126), and each user has so many. */
  #admit(user: User): boolean {
    if (this.#quota && this.#quota.subject !== user.subject) {
      this.#send(errorFrame('unauthorized', 'the token is of another user; open another connection for it'));
      this.end(CLOSE.unauthorized, 'another user');
      return false;
    }
    this.#quota ??= this.#context.quotas.take(user.subject);
    if (!this.#quota) {
      const limit = this.#context.limits.maxConnectionsPerUser;
      this.#context.metrics.userLimits.inc();
      this.#send(errorFrame('too-many-connections', `a user may have ${limit} connections; close one`));
      this.end(CLOSE.tryAgainLater, 'too many connections');
      return false;
    }
    this.#user = user;
    return true;
  }

  /** A connection lasts no longer than the token it was opened with; a new token on it prolongs it. */
  #expireAt(expiresAt_ms = Number.POSITIVE_INFINITY): void {
    clearTimeout(this.#expiryTimer);
    if (expiresAt_ms === Number.POSITIVE_INFINITY) return;
    const rest_ms = expiresAt_ms - Date.now();
    if (rest_ms > 0) {
      this.#expiryTimer = setTimeout(() => this.#expireAt(expiresAt_ms), Math.min(rest_ms, TIMER_ms_max));
      return;
    }
    this.#send(errorFrame('unauthorized', 'the token has expired; get a new one'));
    this.end(CLOSE.unauthorized, 'token expired');
  }

  #notAuthenticated(error: unknown): void {
    if (error instanceof Error && 'code' in error && error.code === 'unavailable') {
      this.#send(errorFrame('unavailable', 'tokens cannot be checked now; connect again'));
      this.end(CLOSE.tryAgainLater, 'unavailable');
      return;
    }
    this.#context.metrics.authenticationFailures.inc();
    this.#send(errorFrame('unauthorized', 'the token is not valid; get a new one'));
    this.end(CLOSE.unauthorized, 'unauthorized');
  }

  #authenticateTimedOut(): void {
    if (!this.#authenticating) this.#context.metrics.authenticationFailures.inc();
    // Nothing was refused: a slow network must not cost the client its one new token.
    this.end(CLOSE.tryAgainLater, this.#authenticating ? 'authentication took too long' : 'no token');
  }

  #subscribe(channel: string, request: SubscribeRequest): void {
    if (!this.#user && !this.#authenticating) {
      this.#refuse(errorFrame('unauthenticated', `subscribe ${channel}: authenticate first`));
      return;
    }
    const { maxSubscriptions } = this.#context.limits;
    const isNew = !this.#subscriptions.has(channel) && !this.#waiting.has(channel);
    const isFull = this.#subscriptions.size + this.#waiting.size >= maxSubscriptions;
    if (isNew && (isFull || !this.#newSubscriptions.take())) {
      const limit = isFull ? `have ${maxSubscriptions} subscriptions` : 'not begin subscriptions so often';
      // Not counted as an error: whoever has a channel too many would lose those it may have.
      this.#send(errorFrame('too-many-subscriptions', `subscribe ${channel}: a connection may ${limit}`, channel));
      return;
    }
    if (this.#user) this.#start(channel, request);
    else this.#waiting.set(channel, request);
  }

  #start(channel: string, request: SubscribeRequest): void {
    let subscription = this.#subscriptions.get(channel);
    if (!subscription) {
      if (!this.#quota?.takeSubscription()) {
        const limit = this.#context.limits.maxSubscriptionsPerUser;
        this.#context.metrics.userLimits.inc();
        const message = `subscribe ${channel}: a user may have ${limit} subscriptions; leave one`;
        this.#send(errorFrame('too-many-subscriptions', message, channel));
        return;
      }
      subscription = new ChannelSubscription(channel, this.#context.log, this.#context.feeds, this);
      this.#subscriptions.set(channel, subscription);
      this.#context.metrics.subscriptions.inc();
    }
    subscription.request(request);
  }

  #unsubscribe(channel: string): void {
    this.#waiting.delete(channel);
    this.#subscriptions.get(channel)?.end();
    if (!this.#subscriptions.delete(channel)) return;
    this.#quota?.releaseSubscription();
    this.#context.metrics.subscriptions.dec();
  }

  #send(frame: ServerFrame): void {
    this.#outbound.send(JSON.stringify(frame));
  }

  #slow(): void {
    if (this.#ending) return;
    this.#context.metrics.slowConsumers.inc();
    this.end(CLOSE.slowConsumer, 'slow');
  }

  #endSubscriptions(): void {
    for (const channel of [...this.#subscriptions.keys()]) this.#unsubscribe(channel);
    this.#waiting.clear();
  }

  #release(code: number): void {
    clearTimeout(this.#authenticateTimer);
    clearTimeout(this.#expiryTimer);
    this.#outbound.release();
    this.#context.metrics.connections.dec();
    this.#endSubscriptions();
    this.#quota?.release();
    this.#context.logger.debug({ code, subject: this.#user?.subject }, 'closed');
  }
}
