/**
 * One direction of a network path as arithmetic: a link that sends so many bytes a second, then a way that takes a time.
 * Knows no socket and no timer; whoever drives it says what time it is.
 */
import { Fifo } from './fifo.ts';

/** The end of the stream, in its place behind the last byte. */
export const END = Symbol('end of stream');

/** A limited link sends in slices of this length, so that its bytes arrive evenly. */
const SLICE_MS = 10;

interface Travelling {
  item: Buffer | typeof END;
  due_ms: number;
}

export class Line {
  readonly #random: () => number;
  readonly #waiting = new Fifo<Buffer | typeof END>();
  readonly #travelling = new Fifo<Travelling>();
  #latency_ms = 0;
  #jitter_ms = 0;
  #bytes_per_ms: number | undefined;
  #stalled = false;
  /** When the link finished its last slice, or fell idle. */
  #link_ms = Number.NEGATIVE_INFINITY;
  #lastDue_ms = Number.NEGATIVE_INFINITY;
  #queued_bytes = 0;

  /** @param random numbers in [0, 1), one a chunk or slice while there is jitter. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get queued_bytes(): number {
    return this.#queued_bytes;
  }

  get queued_chunks(): number {
    return this.#waiting.length + this.#travelling.length;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** For what is sent from now on; what travels already arrives as it was due. */
  setLatency(ms: number, jitter_ms: number, now_ms: number): void {
    this.advance(now_ms);
    this.#latency_ms = ms;
    this.#jitter_ms = jitter_ms;
  }

  /** For what is not sent yet; `undefined` for no limit. */
  setBandwidth(bytes_per_s: number | undefined, now_ms: number): void {
    this.advance(now_ms);
    this.#bytes_per_ms = bytes_per_s === undefined ? undefined : bytes_per_s / 1_000;
    this.#link_ms = now_ms;
  }

  /** While stalled, nothing is sent and nothing arrives. */
  setStalled(stalled: boolean, now_ms: number): void {
    this.advance(now_ms);
    this.#stalled = stalled;
    this.#link_ms = now_ms;
  }

  push(item: Buffer | typeof END, now_ms: number): void {
    this.advance(now_ms);
    if (this.#waiting.length === 0) this.#link_ms = Math.max(this.#link_ms, now_ms);
    this.#waiting.push(item);
    this.#queued_bytes += lengthOf(item);
    this.advance(now_ms);
  }

  /** The next thing that has arrived, if any. */
  take(now_ms: number): Buffer | typeof END | undefined {
    this.advance(now_ms);
    const first = this.#travelling.peek();
    if (this.#stalled || first === undefined || first.due_ms > now_ms) return undefined;
    this.#travelling.shift();
    this.#queued_bytes -= lengthOf(first.item);
    return first.item;
  }

  /** When something may next arrive or be sent; `undefined`: not before something changes. */
  next_ms(): number | undefined {
    if (this.#stalled) return undefined;
    const arrival_ms = this.#travelling.peek()?.due_ms;
    const slice = this.#nextSlice();
    if (arrival_ms === undefined || slice === undefined) return arrival_ms ?? slice?.sent_ms;
    return Math.min(arrival_ms, slice.sent_ms);
  }

  /** When something sent now, past the link, would arrive: behind all that travels. */
  arrivalOf(now_ms: number): number {
    const jitter_ms = this.#jitter_ms === 0 ? 0 : this.#random() * this.#jitter_ms;
    return Math.max(this.#lastDue_ms, now_ms + this.#latency_ms + jitter_ms);
  }

  /** Empties the line and says what was in it. */
  clear(): { bytes: number; end: boolean } {
    const bytes = this.#queued_bytes;
    let end = false;
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) end ||= item === END;
    for (let next = this.#travelling.shift(); next !== undefined; next = this.#travelling.shift()) {
      end ||= next.item === END;
    }
    this.#queued_bytes = 0;
    // What comes next is behind nothing.
    this.#lastDue_ms = Number.NEGATIVE_INFINITY;
    return { bytes, end };
  }

  /** Lets the link send all it could have sent by now, each slice stamped with the moment it was through. */
  advance(now_ms: number): void {
    if (this.#stalled) return;
    for (let slice = this.#nextSlice(); slice && slice.sent_ms <= now_ms; slice = this.#nextSlice()) {
      const item = this.#waiting.peek() as Buffer | typeof END;
      if (item !== END && slice.bytes < item.length) {
        this.#send(item.subarray(0, slice.bytes), slice.sent_ms);
        this.#waiting.replaceFirst(item.subarray(slice.bytes));
      } else {
        this.#waiting.shift();
        this.#send(item, slice.sent_ms);
      }
    }
  }

  #nextSlice(): { bytes: number; sent_ms: number } | undefined {
    const item = this.#waiting.peek();
    if (item === undefined) return undefined;
    const length = lengthOf(item);
    if (this.#bytes_per_ms === undefined) return { bytes: length, sent_ms: this.#link_ms };
    const bytes = Math.min(length, Math.max(1, Math.floor(this.#bytes_per_ms * SLICE_MS)));
    return { bytes, sent_ms: this.#link_ms + bytes / this.#bytes_per_ms };
  }

  #send(item: Buffer | typeof END, sent_ms: number): void {
    const due_ms = this.arrivalOf(sent_ms);
    this.#link_ms = sent_ms;
    this.#lastDue_ms = due_ms;
    this.#travelling.push({ item, due_ms });
  }
}

function lengthOf(item: Buffer | typeof END): number {
  return item === END ? 0 : item.length;
}
