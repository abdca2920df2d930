/** One attempt at a connection, from its beginning to its end. It ends once; what its socket does later goes unheard. */
import type { ClientContext } from './client-context.ts';
import { Heartbeat } from './heartbeat.ts';

/** How an attempt or connection ended. `code` and `reason` are the peer's, if the end came from there. */
export interface Ending {
  readonly message: string;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
}

export interface LinkOptions<Prepared> {
  /** What must be had before a socket is opened: a token, an address. */
  readonly prepare: () => Prepared | Promise<Prepared>;
  readonly open: (prepared: Prepared) => WebSocket;
  /** Sends a ping; without it there is no heartbeat. */
  readonly ping?: ((id: number) => void) | undefined;
  readonly opened: (prepared: Prepared) => void;
  readonly message: (data: unknown) => void;
  /** The attempt is over, and abandoned already. */
  readonly ended: (ending: Ending) => void;
}

const OPEN = 1;
const NO_HEARTBEAT = { start() {}, frame() {}, probe() {}, stop() {} };

export class Link<Prepared = unknown> {
  readonly #context: ClientContext;
  readonly #options: LinkOptions<Prepared>;
  readonly #heartbeat: Pick<Heartbeat, 'start' | 'frame' | 'probe' | 'stop'>;
  readonly #since_ms: number;
  #connectTimer: unknown;
  #socket: WebSocket | undefined;
  #established = false;
  #over = false;

  constructor(context: ClientContext, options: LinkOptions<Prepared>) {
    this.#context = context;
    this.#options = options;
    const { clock, timings, counters } = context;
    const { ping } = options;
    counters.attempts += 1;
    this.#since_ms = clock.now();
    const send = (id: number) => {
      counters.pings += 1;
      ping?.(id);
    };
    const dead = () => this.#end({ message: 'connection is dead: no answer to pings' });
    const missed = () => {
      counters.missedPongs += 1;
    };
    this.#heartbeat = ping ? new Heartbeat(timings, clock, send, dead, missed) : NO_HEARTBEAT;
    const timedOut = { message: `no acknowledgement within ${timings.connectTimeout_ms} ms` };
    this.#connectTimer = clock.setTimeout(() => this.#end(timedOut), timings.connectTimeout_ms);
    Promise.resolve()
      .then(options.prepare)
      .then((prepared) => this.#open(prepared))
      .catch((error) => this.#end({ message: `cannot connect: ${String(error)}` }));
  }

  get socket(): WebSocket | undefined {
    return this.#socket;
  }

  get isEstablished(): boolean {
    return this.#established;
  }

  /** Sends if the socket is open, and says whether it was. */
  send(data: Parameters<WebSocket['send']>[0]): boolean {
    if (this.#over || this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  /** The peer has taken the connection: it is waited for no longer, and its heart is listened to. */
  established(): void {
    this.#established = true;
    this.#context.counters.connections += 1;
    this.#context.clock.clearTimeout(this.#connectTimer);
    this.#heartbeat.start();
  }

  /** Something was heard that the connection may not have lived through: asks it at once. */
  probe(): void {
    this.#heartbeat.probe();
  }

  /** Ends in good order: `ended` tells when the peer has answered, or when that took too long. */
  close(code?: number, reason?: string): void {
    const { clock, timings } = this.#context;
    this.#heartbeat.stop();
    clock.clearTimeout(this.#connectTimer);
    const ending = { message: 'the peer has not answered the close in time' };
    this.#connectTimer = clock.setTimeout(() => this.#end(ending), timings.connectTimeout_ms);
    this.#socket?.close(code, reason);
  }

  /** Lets go of the socket without waiting for the other side. `ended` is not called. */
  abandon(): void {
    this.#over = true;
    this.#context.clock.clearTimeout(this.#connectTimer);
    this.#heartbeat.stop();
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {}; // the `ws` package throws errors that nobody listens to
    socket.close(1000);
    // Where it is possible (the `ws` package): others wait for an answer that a dead peer never gives.
    if ('terminate' in socket && typeof socket.terminate === 'function') socket.terminate();
  }

  #open(prepared: Prepared): void {
    if (this.#over) return;
    const socket = this.#options.open(prepared);
    this.#socket = socket;
    socket.onopen = () => {
      if (!this.#over) this.#options.opened(prepared);
    };
    socket.onmessage = ({ data }) => this.#message(data);
    socket.onerror = () => {}; // `close` follows and says more
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  #message(data: unknown): void {
    if (this.#over) return;
    if (this.#established) this.#heartbeat.frame();
    this.#options.message(data);
  }

  #closed(code: number, reason: string): void {
    const age_ms = this.#context.clock.now() - this.#since_ms;
    // An attempt slept through says nothing: the server closed it for lack of a token that was on its way.
    const isOverdue = !this.#established && age_ms >= this.#context.timings.connectTimeout_ms;
    const message = `WebSocket closed with code ${code}${reason && ` (${reason})`}`;
    this.#end(isOverdue ? { message } : { message, code, reason });
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.abandon();
    this.#options.ended(ending);
  }
}
