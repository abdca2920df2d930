/** The event log in an array, for tests that need no Redis. Its tail tells events a turn later, as a real one does. */
import type { EventTail, History, HistoryReader, LogEvent, Position, TailListener } from './event-log.ts';

interface ArrayLog {
  readonly epoch: string;
  readonly events: LogEvent[];
  offset: number;
}

interface Follower {
  readonly listener: TailListener;
  readonly epoch: string;
  offset: number;
}

export class ArrayEventLog implements HistoryReader, EventTail {
  readonly #page: number;
  readonly #logs = new Map<string, ArrayLog>();
  readonly #followers = new Map<string, Follower>();
  #epochs = 0;
  /** Set to make reading fail. */
  failure: Error | undefined;
  /** Run before each read takes place: the moment between a request and its answer. */
  beforeHistory: () => void | Promise<void> = () => {};
  /** Run after each read took place: the moment while its answer is on the way. */
  afterHistory: () => void | Promise<void> = () => {};

  constructor(page = 256) {
    this.#page = page;
  }

  get followed(): string[] {
    return [...this.#followers.keys()];
  }

  append(channel: string, payload: unknown): Position {
    const log = this.#log(channel);
    log.offset += 1;
    log.events.push({ channel, epoch: log.epoch, offset: log.offset, payload: JSON.stringify(payload) });
    setImmediate(() => this.#deliver(channel));
    return { epoch: log.epoch, offset: log.offset };
  }

  trim(channel: string, keep: number): void {
    const { events } = this.#log(channel);
    events.splice(0, events.length - keep);
  }

  /** Loses a channel's log; the tail finds out. */
  flush(channel: string): void {
    this.#logs.delete(channel);
    setImmediate(() => this.#deliver(channel));
  }

  /** Loses the end of a channel's log, as a server does that comes back from an older state; nobody is told. */
  rollBack(channel: string, offset: number): void {
    const log = this.#log(channel);
    log.events.splice(log.events.length - (log.offset - offset));
    log.offset = offset;
  }

  /** Makes the tail find a hole. */
  breakTail(channel: string): void {
    const follower = this.#followers.get(channel);
    this.#followers.delete(channel);
    follower?.listener.broken('hole');
  }

  async history(channel: string, since?: Position): Promise<History> {
    await this.beforeHistory();
    if (this.failure) throw this.failure;
    const { epoch, offset, events } = this.#log(channel);
    const missed = since?.epoch === epoch && since.offset <= offset ? offset - since.offset : Number.POSITIVE_INFINITY;
    const recovered = missed <= events.length;
    const page = recovered ? events.slice(events.length - missed).slice(0, this.#page) : [];
    await this.afterHistory();
    return { epoch, offset, events: page, recovered };
  }

  follow(channel: string, from: Position, listener: TailListener): () => void {
    const follower = { listener, epoch: from.epoch, offset: from.offset };
    this.#followers.set(channel, follower);
    setImmediate(() => this.#deliver(channel));
    return () => {
      if (this.#followers.get(channel) === follower) this.#followers.delete(channel);
    };
  }

  async close(): Promise<void> {
    this.#followers.clear();
  }

  #log(channel: string): ArrayLog {
    let log = this.#logs.get(channel);
    if (!log) {
      this.#epochs += 1;
      log = { epoch: `epoch-${this.#epochs}`, events: [], offset: 0 };
      this.#logs.set(channel, log);
    }
    return log;
  }

  #deliver(channel: string): void {
    const follower = this.#followers.get(channel);
    const log = this.#log(channel);
    if (!follower) return;
    if (follower.epoch !== log.epoch) {
      this.#followers.delete(channel);
      follower.listener.broken('epoch');
      return;
    }
    for (const event of log.events.filter(({ offset }) => offset > follower.offset)) {
      if (event.offset !== follower.offset + 1) {
        this.breakTail(channel);
        return;
      }
      follower.offset = event.offset;
      follower.listener.event(event);
    }
  }
}
