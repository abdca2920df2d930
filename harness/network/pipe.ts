/** One direction of a proxied connection: reads one socket, sends the bytes down a line, writes the other socket, and counts. */
import type { Socket } from 'node:net';
import type { Direction, HowToCut } from './fault.ts';
import { END, Line } from './line.ts';
import { TIMER_MS_MAX, type Timings } from './timings.ts';

/** A source that sends more chunks than this into a line is paused, however small they are. */
const QUEUED_CHUNKS_MAX = 4_096;

/** received = delivered + swallowed + discarded + queued, at every moment. */
export interface PipeSnapshot {
  /** Read from the sender's socket. */
  received_bytes: number;
  /** Taken by the kernel for the receiver. */
  delivered_bytes: number;
  /** Made to vanish by a `swallow`, or by silence. */
  swallowed_bytes: number;
  /** Lost to a cut, or to a receiver that was gone. */
  discarded_bytes: number;
  /** In the proxy now: travelling, or written and not yet taken by the kernel. */
  queued_bytes: number;
  queued_bytes_max: number;
}

export interface PipeEvents {
  /** Bytes came from the sender. */
  received(): void;
  /** The sender ended or reset, and a fault keeps the receiver from learning it; once each. */
  withheld(what: HowToCut): void;
  /** The sender's RST has arrived at the receiver's end: reset the receiver. */
  reset(): void;
  /** Bytes came for a receiver that is gone: its host would answer with an RST. */
  deadEnd(): void;
  /** The last byte before a cut in mid-stream was written. */
  cutDue(how: HowToCut): void;
}

export class Pipe {
  readonly direction: Direction;
  readonly #events: PipeEvents;
  readonly #timings: Timings;
  readonly #line: Line;
  readonly #limit_bytes: number;
  #source: Socket | undefined;
  #sink: Socket | undefined;
  #swallowing = false;
  #endWithheld = false;
  #resetWithheld = false;
  #discarding = false;
  #blocked = false;
  #frozen = false;
  #resetComing = false;
  #cutAfter: { bytes: number; how: HowToCut } | undefined;
  #lineTimer: unknown;
  #resetTimer: unknown;
  #unflushed_bytes = 0;
  #received_bytes = 0;
  #delivered_bytes = 0;
  #swallowed_bytes = 0;
  #discarded_bytes = 0;
  #queued_bytes_max = 0;

  constructor(options: {
    direction: Direction;
    events: PipeEvents;
    timings: Timings;
    random: () => number;
    limit_bytes: number;
  }) {
    this.direction = options.direction;
    this.#events = options.events;
    this.#timings = options.timings;
    this.#line = new Line(options.random);
    this.#limit_bytes = options.limit_bytes;
  }

  /** Begins to read the source. Without a sink the pipe must be swallowing; without a source nothing ever comes. */
  connect(source: Socket | undefined, sink: Socket | undefined): void {
    this.#source = source;
    this.#sink = sink;
    source?.on('data', (chunk: Buffer) => this.#receive(chunk));
    source?.on('end', () => this.#end());
    sink?.on('drain', () => {
      this.#blocked = false;
      this.#pump();
    });
    this.#pump();
  }

  setLatency(ms: number, jitter_ms: number): void {
    this.#line.setLatency(ms, jitter_ms, this.#timings.now_ms());
    this.#pump();
  }

  setBandwidth(bytes_per_s: number | undefined): void {
    this.#line.setBandwidth(bytes_per_s, this.#timings.now_ms());
    this.#pump();
  }

  setStalled(stalled: boolean): void {
    this.#line.setStalled(stalled, this.#timings.now_ms());
    this.#pump();
  }

  /** What is on its way vanishes too. When it ends, a FIN that was withheld is sent again, as TCP would; an RST is not. */
  setSwallowing(swallowing: boolean): void {
    if (this.#swallowing === swallowing) return;
    this.#swallowing = swallowing;
    if (swallowing) {
      const lost = this.#line.clear();
      this.#swallowed_bytes += lost.bytes;
      if (lost.end) this.#withholdEnd();
    } else if (this.#endWithheld) {
      this.#endWithheld = false;
      this.#line.push(END, this.#timings.now_ms());
    }
    this.#pump();
  }

  setCutAfter(cut: { bytes: number; how: HowToCut } | undefined): void {
    this.#cutAfter = cut;
    if (cut?.bytes === 0) this.#cutNow(cut.how);
  }

  /** The sender's socket was reset: the receiver learns it when all that travels has arrived; what was not sent yet is lost. */
  sourceLost(): void {
    if (this.#discarding || this.#resetComing) return;
    if (this.#swallowing || this.#line.stalled) {
      this.#withholdReset();
      return;
    }
    this.#resetComing = true;
    this.#resetAt(this.#line.arrivalOf(this.#timings.now_ms()));
  }

  /** The receiver's socket is gone: what was for it is lost. */
  sinkLost(): void {
    this.#discarded_bytes += this.#line.clear().bytes;
    this.#pump();
  }

  /** From now on delivers nothing and has no timer; reads on, so that the sender's end is seen. */
  discard(): void {
    this.#discarding = true;
    this.#frozen = false;
    this.#cutAfter = undefined;
    this.#discarded_bytes += this.#line.clear().bytes;
    this.#timings.clearTimeout(this.#resetTimer);
    this.#pump();
  }

  /** From now on delivers nothing and reads nothing. */
  freeze(): void {
    this.discard();
    this.#frozen = true;
    this.#pump();
  }

  /** Bytes written to the receiver's socket that its kernel has not taken. */
  get unflushed_bytes(): number {
    return this.#unflushed_bytes;
  }

  snapshot(): PipeSnapshot {
    return {
      received_bytes: this.#received_bytes,
      delivered_bytes: this.#delivered_bytes,
      swallowed_bytes: this.#swallowed_bytes,
      discarded_bytes: this.#discarded_bytes,
      queued_bytes: this.#queued_bytes,
      queued_bytes_max: this.#queued_bytes_max,
    };
  }

  get #queued_bytes(): number {
    return this.#line.queued_bytes + this.#unflushed_bytes;
  }

  get #sinkGone(): boolean {
    return this.#sink === undefined || this.#sink.destroyed || this.#sink.writableEnded;
  }

  #receive(chunk: Buffer): void {
    this.#received_bytes += chunk.length;
    this.#events.received();
    if (this.#discarding) {
      this.#discarded_bytes += chunk.length;
    } else if (this.#swallowing) {
      this.#swallowed_bytes += chunk.length;
    } else if (this.#sinkGone) {
      this.#discarded_bytes += chunk.length;
      this.#events.deadEnd();
    } else {
      this.#line.push(chunk, this.#timings.now_ms());
      this.#pump();
    }
  }

  #end(): void {
    if (this.#discarding) return;
    if (this.#swallowing) {
      this.#withholdEnd();
    } else {
      this.#line.push(END, this.#timings.now_ms());
      this.#pump();
    }
  }

  #withholdEnd(): void {
    this.#endWithheld = true;
    this.#events.withheld('fin');
  }

  /** What a sender had not sent when it was reset is lost, even after a heal. */
  #withholdReset(): void {
    this.#discarded_bytes += this.#line.clear().bytes;
    if (!this.#resetWithheld) this.#events.withheld('rst');
    this.#resetWithheld = true;
  }

  #resetAt(due_ms: number): void {
    const rest_ms = due_ms - this.#timings.now_ms();
    if (rest_ms > 0) {
      this.#resetTimer = this.#timings.setTimeout(() => this.#resetAt(due_ms), timerFor(rest_ms));
      return;
    }
    this.#resetComing = false;
    if (this.#swallowing || this.#line.stalled) {
      this.#withholdReset();
    } else {
      this.#pump();
      this.#events.reset();
    }
  }

  /** Writes what has arrived, then waits for what comes next, and holds the source to the bound. */
  #pump(): void {
    if (!this.#discarding && !this.#sinkGone) this.#deliver();
    this.#queued_bytes_max = Math.max(this.#queued_bytes_max, this.#queued_bytes);
    this.#schedule();
    this.#regulate();
  }

  #deliver(): void {
    const now_ms = this.#timings.now_ms();
    while (!this.#blocked) {
      const item = this.#line.take(now_ms);
      if (item === undefined) return;
      if (item === END) {
        this.#sink?.end();
        return;
      }
      this.#write(item);
    }
  }

  #write(item: Buffer): void {
    const allowed_bytes = this.#cutAfter ? Math.min(item.length, this.#cutAfter.bytes) : item.length;
    const bytes = allowed_bytes < item.length ? item.subarray(0, allowed_bytes) : item;
    this.#discarded_bytes += item.length - allowed_bytes;
    this.#unflushed_bytes += allowed_bytes;
    const more = this.#sink?.write(bytes, (error) => {
      this.#unflushed_bytes -= allowed_bytes;
      if (error) this.#discarded_bytes += allowed_bytes;
      else this.#delivered_bytes += allowed_bytes;
      this.#regulate();
    });
    if (more === false) this.#blocked = true;
    if (!this.#cutAfter) return;
    this.#cutAfter.bytes -= allowed_bytes;
    if (this.#cutAfter.bytes === 0) this.#cutNow(this.#cutAfter.how);
  }

  #cutNow(how: HowToCut): void {
    this.discard();
    this.#events.cutDue(how);
  }

  #schedule(): void {
    this.#timings.clearTimeout(this.#lineTimer);
    this.#lineTimer = undefined;
    const next_ms = this.#discarding || this.#blocked || this.#sinkGone ? undefined : this.#line.next_ms();
    if (next_ms === undefined) return;
    const rest_ms = next_ms - this.#timings.now_ms();
    this.#lineTimer = this.#timings.setTimeout(() => this.#pump(), timerFor(rest_ms));
  }

  #regulate(): void {
    const source = this.#source;
    if (!source || source.destroyed) return;
    // What is read now is not kept, so there is nothing to bound.
    const keepsNothing = this.#swallowing || this.#discarding;
    const full = this.#queued_bytes >= this.#limit_bytes || this.#line.queued_chunks >= QUEUED_CHUNKS_MAX;
    const low = this.#queued_bytes <= this.#limit_bytes / 2 && this.#line.queued_chunks <= QUEUED_CHUNKS_MAX / 2;
    if (this.#frozen || (full && !keepsNothing)) source.pause();
    else if ((low || keepsNothing) && source.isPaused()) source.resume();
  }
}

/** A timer that ends no later than the wait; whoever waits looks at the clock again then. */
function timerFor(rest_ms: number): number {
  return Math.min(Math.max(0, Math.ceil(rest_ms)), TIMER_MS_MAX);
}
