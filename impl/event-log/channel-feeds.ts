/** Shares one tail among all subscribers of a process: each channel is followed once, however many listen to it. */
import type { EventTail, LogEvent, Position } from './event-log.ts';

export interface FeedMember {
  /** The channel's next event, as the tail sees it. */
  event(event: LogEvent): void;
  /** The feed stopped at a hole or a new epoch; joining again starts it from a position read afresh. */
  broken(): void;
}

interface Feed {
  readonly members: Set<FeedMember>;
  readonly position: { epoch: string; offset: number };
  readonly stop: () => void;
}

export class ChannelFeeds {
  readonly #tail: EventTail;
  readonly #feeds = new Map<string, Feed>();

  constructor(tail: EventTail) {
    this.#tail = tail;
  }

  /**
   * Adds a member that knows the log's end `at`, and returns the offset where the feed stands: the member will be told
   * of every event after that one. A feed that stands in another epoch is broken and begun anew at `at`.
   */
  join(channel: string, member: FeedMember, at: Position): number {
    const feed = this.#feeds.get(channel);
    if (feed?.position.epoch === at.epoch) {
      feed.members.add(member);
      return feed.position.offset;
    }
    if (feed) this.#break(channel, feed, member);
    this.#feeds.set(channel, this.#begin(channel, at, new Set([member])));
    return at.offset;
  }

  leave(channel: string, member: FeedMember): void {
    const feed = this.#feeds.get(channel);
    if (!feed?.members.delete(member) || feed.members.size > 0) return;
    feed.stop();
    this.#feeds.delete(channel);
  }

  /** Ends a feed that is known to stand wrong; its members begin another. */
  restart(channel: string): void {
    const feed = this.#feeds.get(channel);
    if (feed) this.#break(channel, feed);
  }

  #begin(channel: string, at: Position, members: Set<FeedMember>): Feed {
    const feed: Feed = {
      members,
      position: { epoch: at.epoch, offset: at.offset },
      stop: this.#tail.follow(channel, at, {
        event: (event) => {
          feed.position.offset = event.offset;
          for (const member of [...members]) member.event(event);
        },
        broken: () => this.#break(channel, feed),
      }),
    };
    return feed;
  }

  #break(channel: string, feed: Feed, except?: FeedMember): void {
    feed.stop();
    if (this.#feeds.get(channel) === feed) this.#feeds.delete(channel);
    for (const member of [...feed.members]) if (member !== except) member.broken();
  }
}
