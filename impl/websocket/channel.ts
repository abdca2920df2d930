/**
 * A channel as the client holds it: the position it has got to, and a queue of events that wait for its handlers.
 *
 * The position that the server is asked with is that of the last event queued, moved before any handler is called: a
 * handler that resubscribes must not be given its own event again (centrifuge-js#425). That loses nothing, because the
 * queue outlives connections, and an event leaves it only when its handlers have taken it or a gap is told: what a
 * handler has not taken is asked of the client's memory, never of the server.
 */
import type { Position } from '../event-log/event-log.ts';
import { EventQueue, type Handler, type QueueOwner } from './event-queue.ts';
import type { ClientFrame, EventFrame, SubscribedFrame } from './frames.ts';

export interface ChannelOwner extends QueueOwner {
  send(frame: ClientFrame): void;
  /** Numbers that this client has not used. */
  nextId(): number;
}

export class Channel {
  readonly #name: string;
  readonly #owner: ChannelOwner;
  readonly #queue: EventQueue;
  #position: Position | undefined;
  #confirmed = false;
  /** A subscribe frame is on its way: what comes before the answer is old. */
  #asking = false;
  /** Of the last one sent. */
  #askId = 0;
  /** Events did not fit the queue: the rest is left out until it is empty. */
  #overflowed = false;

  constructor(name: string, owner: ChannelOwner) {
    this.#name = name;
    this.#owner = owner;
    this.#queue = new EventQueue(name, owner, () => this.#emptied());
  }

  get isUnused(): boolean {
    return this.#queue.isUnused;
  }

  add(handler: Handler): () => void {
    return this.#queue.add(handler);
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
    this.#overflowed = false;
    this.#queue.end();
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
      if (this.#confirmed) this.#queue.gap();
    }
    this.#confirmed = true;
    return true;
  }

  /** `size` is what the frame counts for in the queue. */
  receive({ offset, payload }: EventFrame, size: number): void {
    if (this.#overflowed) return;
    const event = { channel: this.#name, payload };
    if (offset === undefined) {
      this.#take(event, size); // v1.0.0 counts nothing
      return;
    }
    if (!this.#position) return;
    if (offset <= this.#position.offset) {
      this.#owner.context.counters.duplicates += 1;
      return;
    }
    if (offset > this.#position.offset + 1) {
      if (!this.#asking) this.ask();
      return;
    }
    const { epoch } = this.#position;
    this.#take(event, size, { epoch, offset });
  }

  /** The position moves first: the queue may call a handler at once. */
  #take(event: { channel: string; payload: unknown }, size: number, position?: Position): void {
    const before = this.#position;
    this.#position = position;
    if (this.#queue.push(event, size)) {
      this.#owner.context.counters.events += 1;
      return;
    }
    this.#position = before;
    this.#overflowed = true;
    this.#owner.context.counters.overflows += 1;
  }

  #emptied(): void {
    if (!this.#overflowed) return;
    this.#overflowed = false;
    if (this.#position) this.ask();
    else this.#queue.gap();
  }
}
