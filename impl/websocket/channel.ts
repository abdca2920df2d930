/**
 * A channel as the client holds it: its handlers, the position it has got to, and the events that wait for the handlers.
 *
 * Events are handled strictly in order, each after every handler of the one before has settled. A handler that fails
 * is reported and the event counts as handled: to repeat it would break the order or stop the channel.
 * The queue lives as long as the client, through reconnections; so the position to go on from is that of the last
 * event queued, and an event is given to each handler at most once (centrifuge-js#425).
 */
import type { Position } from '../event-log/event-log.ts';
import type { DashboardEvent } from '../release-parts.ts';
import type { ClientFrame, EventFrame, SubscribedFrame } from './frames.ts';

export type Handler = (event: DashboardEvent) => void | Promise<void>;

export interface ChannelOwner {
  send(frame: ClientFrame): void;
  /** Numbers that this client has not used. */
  nextId(): number;
  gap(channel: string): void;
  handlerFailed(channel: string, error: unknown): void;
}

/** One replay of the server fits in. What does not is left out and asked for again when the queue is empty. */
const MAX_QUEUED = 10_000;
const GAP = Symbol('gap');

export class Channel {
  readonly #name: string;
  readonly #owner: ChannelOwner;
  readonly #handlers = new Set<{ readonly handler: Handler }>();
  readonly #queue: (DashboardEvent | typeof GAP)[] = [];
  #position: Position | undefined;
  #confirmed = false;
  /** A subscribe frame is on its way: what comes before the answer is old. */
  #asking = false;
  /** Of the last one sent. */
  #askId = 0;
  #overflowed = false;
  #running = false;

  constructor(name: string, owner: ChannelOwner) {
    this.#name = name;
    this.#owner = owner;
  }

  get isUnused(): boolean {
    return this.#handlers.size === 0;
  }

  add(handler: Handler): () => void {
    const entry = { handler };
    this.#handlers.add(entry);
    return () => void this.#handlers.delete(entry);
  }

  /** Asks the server for the channel, from the position on if there is one. */
  ask(): void {
    this.#asking = true;
    this.#askId = this.#owner.nextId();
    this.#owner.send({ type: 'subscribe', channel: this.#name, id: this.#askId, since: this.#position });
  }

  /** Gives up the position: the next answer is a fresh start, and a gap. */
  forget(): void {
    this.#position = undefined;
  }

  end(): void {
    this.#handlers.clear();
    this.#queue.length = 0;
    this.#overflowed = false;
  }

  /**
   * The server says where the channel stands. Unless it vouches for what was missed, something may be lost.
   * False for the answer to an earlier question, also one of handlers that have left since: the last one's follows.
   */
  confirm({ epoch, offset, recovered, id }: SubscribedFrame): boolean {
    if (id !== undefined && id !== this.#askId) return false;
    this.#asking = false;
    const isWhole = recovered === true && this.#position !== undefined && this.#position.epoch === epoch;
    if (!isWhole) {
      this.#position = epoch !== undefined && offset !== undefined ? { epoch, offset } : undefined;
      this.#overflowed = false;
      if (this.#confirmed) this.#enqueue(GAP); // in its place: after the events that came before it
    }
    this.#confirmed = true;
    return true;
  }

  receive({ offset, payload }: EventFrame): void {
    if (this.#overflowed) return;
    const event = { channel: this.#name, payload };
    if (offset === undefined) {
      this.#enqueue(event); // v1.0.0 counts nothing
      return;
    }
    if (!this.#position || offset <= this.#position.offset) return;
    if (offset > this.#position.offset + 1) {
      if (!this.#asking) this.ask();
      return;
    }
    this.#enqueue(event);
    if (!this.#overflowed) this.#position = { epoch: this.#position.epoch, offset };
  }

  #enqueue(item: DashboardEvent | typeof GAP): void {
    if (item === GAP && this.#queue.at(-1) === GAP) return;
    if (item !== GAP && this.#queue.length >= MAX_QUEUED) {
      this.#overflowed = true;
      return;
    }
    this.#queue.push(item);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) {
      if (item === GAP) this.#owner.gap(this.#name);
      else await this.#handle(item);
    }
    this.#running = false;
    if (!this.#overflowed) return;
    this.#overflowed = false;
    if (this.#position) this.ask();
    else this.#owner.gap(this.#name);
  }

  async #handle(event: DashboardEvent): Promise<void> {
    const calls = [...this.#handlers].map(async (entry) => {
      try {
        if (this.#handlers.has(entry)) await entry.handler(event);
      } catch (error) {
        this.#owner.handlerFailed(this.#name, error);
      }
    });
    await Promise.all(calls);
  }
}
