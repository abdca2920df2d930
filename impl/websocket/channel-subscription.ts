/**
 * One subscription of one connection: brings the client from its position to the log's end, then keeps it there.
 *
 * There is no buffer at the seam between history and live events, since the log is one: while it catches up, live
 * events are passed over, and it goes on reading history until it has reached the place where the process's feed
 * stands. From there each live event must be the next one; if one is not, it catches up again. So nothing is lost or
 * doubled at the seam, and a slow client costs a page of history besides what `Outbound` allows it.
 */
import type { ChannelFeeds, FeedMember } from '../event-log/channel-feeds.ts';
import type { HistoryReader, LogEvent, Position } from '../event-log/event-log.ts';
import type { SubscribedFrame } from './frames.ts';

/** The connection, as a subscription sees it. */
export interface SubscriberLink {
  subscribed(frame: SubscribedFrame & Position): void;
  /** Sends an event from history; resolves when the client can take the next one. */
  replay(event: LogEvent): Promise<void>;
  /** Sends a live event at once. */
  live(event: LogEvent): void;
  /** Events between what the client has and what it gets next cannot be told any more. */
  gap(channel: string): void;
  /** The log cannot be read. */
  unavailable(channel: string, error: Error): void;
}

export interface SubscribeRequest {
  readonly since?: Position | undefined;
  readonly id?: number | undefined;
}

export class ChannelSubscription implements FeedMember {
  readonly #channel: string;
  readonly #log: HistoryReader;
  readonly #feeds: ChannelFeeds;
  readonly #link: SubscriberLink;
  #request: SubscribeRequest | undefined;
  #position: Position | undefined;
  /** Where the feed stood when the log had not been read so far: it ends there, or has lost its end. */
  #ahead: Position | undefined;
  #live = false;
  #running = false;
  #ended = false;

  constructor(channel: string, log: HistoryReader, feeds: ChannelFeeds, link: SubscriberLink) {
    this.#channel = channel;
    this.#log = log;
    this.#feeds = feeds;
    this.#link = link;
  }

  /** Begins, or begins again, from `since`; the newest request replaces an unfinished one. */
  request(request: SubscribeRequest): void {
    this.#request = request;
    this.#catchUp();
  }

  event(event: LogEvent): void {
    if (!this.#live || !this.#position || event.offset <= this.#position.offset) return;
    if (event.offset !== this.#position.offset + 1) {
      this.#catchUp();
      return;
    }
    this.#position = event;
    this.#link.live(event);
  }

  broken(): void {
    this.#ahead = undefined; // of a feed that is no more
    this.#catchUp();
  }

  end(): void {
    this.#ended = true;
    this.#feeds.leave(this.#channel, this);
  }

  #catchUp(): void {
    this.#live = false;
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#ended && !this.#live) await this.#step();
    } catch (error) {
      if (!this.#ended) this.#link.unavailable(this.#channel, error as Error);
    } finally {
      this.#running = false;
    }
  }

  async #step(): Promise<void> {
    const request = this.#request;
    this.#request = undefined;
    const since = request ? request.since : this.#position;
    const end = await this.#log.history(this.#channel, since);
    if (this.#superseded) return;
    if (this.#ahead?.epoch === end.epoch && this.#ahead.offset > end.offset) this.#feeds.restart(this.#channel);
    this.#position = end.recovered && since ? since : { epoch: end.epoch, offset: end.offset };
    if (since && !end.recovered) this.#link.gap(this.#channel);
    if (request || !end.recovered) {
      const { epoch, offset, recovered } = end;
      const id = request?.id;
      this.#link.subscribed({ type: 'subscribed', channel: this.#channel, epoch, offset, recovered, id });
    }
    for (const event of end.events) {
      this.#position = event;
      await this.#link.replay(event);
      if (this.#superseded) return;
    }
    if (this.#position.offset < end.offset) return;
    const feedOffset = this.#feeds.join(this.#channel, this, this.#position);
    this.#ahead = { epoch: this.#position.epoch, offset: feedOffset };
    this.#live = feedOffset <= this.#position.offset;
  }

  get #superseded(): boolean {
    return this.#ended || this.#request !== undefined;
  }
}
