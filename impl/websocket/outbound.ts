/** What goes out to one client, bounded: a client that does not read must not fill the server's memory. */
import type { WebSocket } from 'ws';
import type { EventServerLimits } from './limits.ts';

export class Outbound {
  readonly #socket: WebSocket;
  readonly #limits: EventServerLimits;
  readonly #slow: () => void;
  readonly #closed: Promise<void>;
  #stalledSince_ms = Number.POSITIVE_INFINITY;

  /** `slow` is called when a text does not fit any more; the text is dropped. */
  constructor(socket: WebSocket, limits: EventServerLimits, closed: Promise<void>, slow: () => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#closed = closed;
    this.#slow = slow;
  }

  /** Sends at once, or not at all: false when the connection is closing or the client too slow. */
  send(text: string, written?: () => void): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount + Buffer.byteLength(text) > this.#limits.maxBuffered_bytes) {
      this.#slow();
      return false;
    }
    this.#socket.send(text, written);
    return true;
  }

  /** Sends, and when half of the buffer is in use resolves only after it has gone out: the pace of a long replay. */
  async sendPaced(text: string): Promise<boolean> {
    const written = Promise.withResolvers<void>();
    if (!this.send(text, written.resolve)) return false;
    if (this.#socket.bufferedAmount <= this.#limits.maxBuffered_bytes / 2) return true;
    this.#stalledSince_ms = Math.min(this.#stalledSince_ms, performance.now());
    await Promise.race([written.promise, this.#closed]);
    this.#stalledSince_ms = Number.POSITIVE_INFINITY;
    return true;
  }

  /** A replay has waited too long for the client to read on. */
  isStalled(now_ms: number): boolean {
    return now_ms - this.#stalledSince_ms >= this.#limits.stall_ms;
  }
}
