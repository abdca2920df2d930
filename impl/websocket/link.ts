/** One attempt at a connection, from its token to its end. It ends once; what its socket does later goes unheard. */
import type { ClientTimings, WebSocketConstructor } from '../release-parts.ts';
import type { Clock } from './clock.ts';
import type { ClientFrame, ServerFrame } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';

export interface LinkOptions {
  readonly url: string;
  readonly token: () => string | Promise<string>;
  readonly WebSocket: WebSocketConstructor;
  readonly timings: ClientTimings;
  readonly clock: Clock;
  /** The socket is open and the token sent: what is sent now travels in the same flight. */
  readonly opened: () => void;
  readonly acknowledged: () => void;
  readonly frame: (frame: ServerFrame) => void;
  /** The attempt is over, and abandoned already. `code` is the server's, if the end came from there. */
  readonly ended: (message: string, code?: number) => void;
}

const OPEN = 1;

export class Link {
  readonly #options: LinkOptions;
  readonly #heartbeat: Heartbeat;
  readonly #since_ms: number;
  readonly #connectTimer: unknown;
  #socket: WebSocket | undefined;
  #acknowledged = false;
  #over = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { clock, timings } = options;
    this.#since_ms = clock.now();
    this.#heartbeat = new Heartbeat(
      timings,
      clock,
      (id) => this.send({ type: 'ping', id }),
      () => this.#end('connection is dead: no answer to pings'),
    );
    const timedOut = `no acknowledgement within ${timings.connectTimeout_ms} ms`;
    this.#connectTimer = clock.setTimeout(() => this.#end(timedOut), timings.connectTimeout_ms);
    Promise.resolve()
      .then(options.token)
      .then((token) => this.#open(token))
      .catch((error) => this.#end(`cannot connect: ${String(error)}`));
  }

  /** Sends if the socket is open. Otherwise the frame is of no use: `opened` tells when to send the present state. */
  send(frame: ClientFrame): void {
    if (!this.#over && this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Lets go of the socket without waiting for the other side. `ended` is not called. */
  abandon(): void {
    this.#over = true;
    this.#options.clock.clearTimeout(this.#connectTimer);
    this.#heartbeat.stop();
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {}; // the `ws` package throws errors that nobody listens to
    socket.close(1000);
    // Where it is possible (the `ws` package): others wait for an answer that a dead peer never gives.
    if ('terminate' in socket && typeof socket.terminate === 'function') socket.terminate();
  }

  #open(token: string): void {
    if (this.#over) return;
    const socket = new this.#options.WebSocket(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#over) return;
      this.send({ type: 'authenticate', token });
      this.#options.opened();
    };
    socket.onmessage = ({ data }) => this.#message(data);
    socket.onerror = () => {}; // `close` follows and says more
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  #message(data: unknown): void {
    if (this.#over) return;
    if (this.#acknowledged) this.#heartbeat.frame();
    const frame = parse(data);
    if (frame?.type !== 'authenticated') {
      if (frame) this.#options.frame(frame);
      return;
    }
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#options.clock.clearTimeout(this.#connectTimer);
    this.#heartbeat.start();
    this.#options.acknowledged();
  }

  #closed(code: number, reason: string): void {
    const age_ms = this.#options.clock.now() - this.#since_ms;
    // An attempt slept through says nothing: the server closed it for lack of a token that was on its way.
    const overdue = !this.#acknowledged && age_ms >= this.#options.timings.connectTimeout_ms;
    this.#end(`WebSocket closed with code ${code}${reason && ` (${reason})`}`, overdue ? undefined : code);
  }

  #end(message: string, code?: number): void {
    if (this.#over) return;
    this.abandon();
    this.#options.ended(message, code);
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
