/** What goes out to one client, bounded: a client that does not read must not fill the server's memory. */
import type { WebSocket } from 'ws';
import type { EventServerLimits } from './limits.ts';

export class Outbound {
  readonly #socket: WebSocket;
  readonly #limits: EventServerLimits;
  readonly #slow: () => void;
  /** Replays waiting for room. */
  #waiting: (() => void)[] = [];
  /** Since when they wait without anything having gone out. */
  #stalledSince_ms = Number.POSITIVE_INFINITY;

  /** `slow` is called when a text does not fit any more; the text is dropped. */
  constructor(socket: WebSocket, limits: EventServerLimits, slow: () => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#slow = slow;
  }

  /** Sends at once, or not at all: false when the connection is closing or the client too slow. */
  send(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount + Buffer.byteLength(text) > this.#limits.maxBuffered_bytes) {
      this.#slow();
      return false;
    }
    this.#socket.send(text, this.#written);
    return true;
  }

  /** Sends when at most half of the buffer is in use: the pace of all the client's replays together. */
  async sendPaced(text: string): Promise<boolean> {
    while (this.#isHalfFull) {
      // Not a promise that outlives the wait: each wait would leave a reaction on it.
      await new Promise<void>((resolve) => {
        if (this.#waiting.push(resolve) === 1) this.#stalledSince_ms = performance.now();
      });
    }
    return this.send(text);
  }

  /** The connection is over: nobody need wait any more. */
  release(): void {
    this.#stalledSince_ms = Number.POSITIVE_INFINITY;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** A replay has waited too long for the client to read on. */
  isStalled(now_ms: number): boolean {
    return now_ms - this.#stalledSince_ms >= this.#limits.stall_ms;
  }

  get #isHalfFull(): boolean {
    const { readyState, OPEN, bufferedAmount } = this.#socket;
    return readyState === OPEN && bufferedAmount > this.#limits.maxBuffered_bytes / 2;
  }

  readonly #written = () => {
    if (this.#waiting.length === 0) return;
    if (this.#isHalfFull) this.#stalledSince_ms = performance.now();
    else this.release();
  };
}
