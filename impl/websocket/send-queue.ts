/** What waits to be sent by the drop-in, in order and bounded. What does not fit is refused, never what waits dropped. */
import { EventClientError } from './client-error.ts';

type Data = Parameters<WebSocket['send']>[0];

export class SendQueue {
  readonly #max: number;
  readonly #max_bytes: number;
  readonly #waiting: { readonly data: Data; readonly size_bytes: number }[] = [];
  #bytes = 0;

  constructor(max = 1_000, max_bytes = 1_048_576) {
    this.#max = max;
    this.#max_bytes = max_bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * `buffered_bytes` wait elsewhere and count with it.
   * @throws {EventClientError} `send-queue-full`
   */
  add(data: Data, buffered_bytes: number): void {
    const size_bytes = sizeOf(data);
    const total_bytes = this.#bytes + buffered_bytes + size_bytes;
    if (this.#waiting.length >= this.#max || total_bytes > this.#max_bytes) {
      const have = `${this.#waiting.length + 1} and ${total_bytes} bytes`;
      const message = `send: expected at most ${this.#max} messages and ${this.#max_bytes} bytes to wait, got ${have}; send later`;
      throw new EventClientError('send-queue-full', message);
    }
    this.#waiting.push({ data, size_bytes });
    this.#bytes += size_bytes;
  }

  /** Gives all that waits to `send`, until that says false. */
  flush(send: (data: Data) => boolean): void {
    for (let item = this.#waiting[0]; item !== undefined && send(item.data); item = this.#waiting[0]) {
      this.#waiting.shift();
      this.#bytes -= item.size_bytes;
    }
  }

  clear(): void {
    this.#waiting.length = this.#bytes = 0;
  }
}

function sizeOf(data: Data): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length;
  return 'size' in data ? data.size : data.byteLength;
}
