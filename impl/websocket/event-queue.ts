/**
 * The events of a channel that wait for its handlers, bounded by count and by size.
 *
 * Events are handled strictly in order, each after every handler of the one before has settled. An event leaves the
 * queue when each handler has taken it. One that throws or rejects has not, and gets the event again, its fellows do
 * not; when that does not help, or its promise takes too long, a gap is told in the event's place: what a page does
 * not have it must hear of. A handler that failed so is given each event once only, until it takes one: a broken
 * handler must not hold up the others for ever.
 */
import type { DashboardEvent } from '../release-parts.ts';
import { Backoff } from './backoff.ts';
import type { ClientContext } from './client-context.ts';

export type Handler = (event: DashboardEvent) => void | Promise<void>;

export interface QueueOwner {
  readonly context: ClientContext;
  gap(channel: string): void;
  handlerFailed(channel: string, error: unknown): void;
}

interface Entry {
  readonly handler: Handler;
  /** It has not taken the last event. */
  broken: boolean;
}

interface Item {
  readonly event: DashboardEvent;
  readonly size: number;
}

const GAP = Symbol('gap');
type Outcome = 'taken' | 'failed' | 'late';

export class EventQueue {
  readonly #channel: string;
  readonly #owner: QueueOwner;
  readonly #emptied: () => void;
  readonly #handlers = new Set<Entry>();
  readonly #items: (Item | typeof GAP)[] = [];
  readonly #timers = new Set<unknown>();
  #size = 0;
  #running = false;

  /** `emptied` is called each time when nothing waits any more. */
  constructor(channel: string, owner: QueueOwner, emptied: () => void) {
    this.#channel = channel;
    this.#owner = owner;
    this.#emptied = emptied;
  }

  get isUnused(): boolean {
    return this.#handlers.size === 0;
  }

  add(handler: Handler): () => void {
    const entry = { handler, broken: false };
    this.#handlers.add(entry);
    return () => void this.#handlers.delete(entry);
  }

  /** `size` is what the event counts for. False if it does not fit. */
  push(event: DashboardEvent, size: number): boolean {
    const { maxQueued, maxQueued_bytes } = this.#owner.context.limits;
    const isFull = this.#items.length >= maxQueued || this.#size + size > maxQueued_bytes;
    if (isFull && this.#items.length > 0) return false;
    this.#size += size;
    this.#add({ event, size });
    return true;
  }

  /** Tells a gap in its place: after the events that came before it. */
  gap(): void {
    if (this.#items.at(-1) !== GAP) this.#add(GAP);
  }

  /** Forgets everything, and leaves no timer. */
  end(): void {
    this.#handlers.clear();
    this.#items.length = this.#size = 0;
    for (const timer of this.#timers) this.#owner.context.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #add(item: Item | typeof GAP): void {
    this.#items.push(item);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      if (item === GAP) {
        this.#items.shift();
        this.#tellGap();
      } else {
        await this.#handle(item.event);
        if (this.#items.shift()) this.#size -= item.size;
      }
    }
    this.#running = false;
    this.#emptied();
  }

  #tellGap(): void {
    this.#owner.context.counters.gaps += 1;
    this.#owner.gap(this.#channel);
  }

  async #handle(event: DashboardEvent): Promise<void> {
    const { timings, limits, random } = this.#owner.context;
    const backoff = new Backoff(timings.backoffBase_ms, timings.backoffCap_ms, random);
    let isLost = false;
    let entries = [...this.#handlers];
    for (let attempt = 1; entries.length > 0; attempt += 1) {
      const again: Entry[] = [];
      const call = async (entry: Entry) => {
        const outcome = await this.#call(entry, event);
        if (outcome === 'failed' && !entry.broken && attempt < limits.handlerAttempts) again.push(entry);
        else {
          entry.broken = outcome !== 'taken';
          isLost ||= entry.broken;
        }
      };
      await Promise.all(entries.map(call));
      entries = again;
      if (again.length > 0) await new Promise<void>((resolve) => this.#after(backoff.next_ms(), resolve));
    }
    if (isLost && !this.isUnused) this.#tellGap();
  }

  async #call(entry: Entry, event: DashboardEvent): Promise<Outcome> {
    if (!this.#handlers.has(entry)) return 'taken'; // left since
    try {
      const result = entry.handler(event);
      return typeof result?.then === 'function' ? await this.#inTime(result) : 'taken';
    } catch (error) {
      this.#failed(error);
      return 'failed';
    }
  }

  /** A handler that is late may yet go on: it is not called again beside itself. */
  async #inTime(result: Promise<void>): Promise<Outcome> {
    const { handlerTimeout_ms } = this.#owner.context.timings;
    let cancel = () => {};
    const late = new Promise<Outcome>((resolve) => {
      cancel = this.#after(handlerTimeout_ms, () => {
        this.#failed(new Error(`not done within ${handlerTimeout_ms} ms`));
        resolve('late');
      });
    });
    try {
      return await Promise.race([late, result.then<Outcome>(() => 'taken')]);
    } finally {
      cancel();
    }
  }

  #failed(error: unknown): void {
    this.#owner.context.counters.handlerFailures += 1;
    this.#owner.handlerFailed(this.#channel, error);
  }

  #after(delay_ms: number, act: () => void): () => void {
    const { clock } = this.#owner.context;
    const timer = clock.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delay_ms);
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      clock.clearTimeout(timer);
    };
  }
}
