/** A connection of the event client: its token at the beginning and before it ends, and frames in and out. */
import type { EventClientOptions, WebSocketConstructor } from '../release-parts.ts';
import type { ClientContext } from './client-context.ts';
import type { ClientFrame, ServerFrame } from './frames.ts';
import { type Ending, Link } from './link.ts';
import { NUMBER_max } from './timings.ts';

export interface SessionOptions {
  readonly url: string;
  readonly WebSocket: WebSocketConstructor;
  readonly token: EventClientOptions['token'];
  /** The server did not take the last token. */
  readonly refused: boolean;
  /** The socket is open and the token sent: what is sent now travels in the same flight. */
  readonly opened: () => void;
  readonly acknowledged: () => void;
  /** `size` is the length of the frame's text. */
  readonly frame: (frame: ServerFrame, size: number) => void;
  /** No newer token is to be had; the connection goes on while the present one lasts. */
  readonly notRenewed: (error: unknown) => void;
  readonly ended: (ending: Ending) => void;
}

export class Session {
  readonly #context: ClientContext;
  readonly #options: SessionOptions;
  readonly #link: Link<string>;
  #token = '';
  #acknowledged = false;
  #over = false;
  #renewalTimer: unknown;

  constructor(context: ClientContext, options: SessionOptions) {
    this.#context = context;
    this.#options = options;
    const { url, WebSocket, token, refused } = options;
    this.#link = new Link(context, {
      prepare: () => token({ refused, expiring: false }),
      open: () => new WebSocket(url),
      ping: (id) => this.send({ type: 'ping', id }),
      opened: (first) => {
        this.#authenticate(first);
        options.opened();
      },
      message: (data) => this.#message(data),
      ended: (ending) => {
        this.#stop();
        options.ended(ending);
      },
    });
  }

  /** Sends if the socket is open. Otherwise the frame is of no use: `opened` tells when to send the present state. */
  send(frame: ClientFrame): void {
    this.#link.send(JSON.stringify(frame));
  }

  probe(): void {
    this.#link.probe();
  }

  abandon(): void {
    this.#stop();
    this.#link.abandon();
  }

  #stop(): void {
    this.#over = true;
    this.#context.clock.clearTimeout(this.#renewalTimer);
  }

  #authenticate(token: string): void {
    this.#token = token;
    this.send({ type: 'authenticate', token });
  }

  #message(data: unknown): void {
    const frame = parse(data);
    if (!frame) return;
    if (frame.type !== 'authenticated') {
      this.#options.frame(frame, (data as string).length);
      return;
    }
    if (typeof frame.expiresIn_ms === 'number') this.#renewBefore(frame.expiresIn_ms);
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#link.established();
    this.#options.acknowledged();
  }

  /** Rather than be dropped at the token's end. */
  #renewBefore(expiresIn_ms: number): void {
    const { clock, timings, random } = this.#context;
    const before_ms = timings.renewBefore_ms * (1 + random());
    const wait_ms = Math.max(expiresIn_ms / 2, expiresIn_ms - before_ms);
    clock.clearTimeout(this.#renewalTimer);
    this.#renewalTimer = clock.setTimeout(() => void this.#renew(), Math.min(wait_ms, NUMBER_max));
  }

  /** A token that never comes is not waited for: the server ends the connection when the present one ends. */
  async #renew(): Promise<void> {
    try {
      const token = await this.#options.token({ refused: false, expiring: true });
      if (!this.#over && token !== this.#token) this.#authenticate(token);
    } catch (error) {
      if (!this.#over) this.#options.notRenewed(error);
    }
  }
}

/** What is not a frame of the protocol is a sign of life and no more: a newer server may send it. */
function parse(data: unknown): ServerFrame | undefined {
  try {
    const frame = JSON.parse(data as string);
    return typeof frame?.type === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
}
