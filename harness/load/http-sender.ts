/**
 * Sends HTTP requests over a fixed number of connections, one at a time on each. A request that is due while the server
 * holds them all waits here, its time running; it is not put off.
 */
import { type Dispatcher, Pool } from 'undici';
import { now_ms } from './clock.ts';

/**
 * Why a request failed. `no-connection`: its time was over before the server had taken or let go of a connection for it.
 * `timeout`: it was sent, and its time was over. `refused` and `reset` are the connection's fate, `status …` the server's
 * word.
 */
export type SendFailure = 'no-connection' | 'timeout' | 'refused' | 'reset' | `status ${number}` | 'other';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Every other status is a failure. */
  readonly status: number;
  /** When its time is over, by `now_ms`. */
  readonly deadline_ms: number;
  /** Called when a connection has taken it, which may be never. */
  readonly taken: () => void;
  /** Called once; without a failure when it succeeded. */
  readonly done: (failure?: SendFailure) => void;
}

interface Waiting {
  readonly request: HttpRequest;
  readonly timer: NodeJS.Timeout;
}

export class HttpSender {
  readonly #pool: Pool;
  /** Those whose time has not yet run out: never more than arrive within one time-out. */
  readonly #waiting = new Set<Waiting>();
  #free: number;

  /** @param timeout_ms how long connecting may take; each request's own time is its deadline */
  constructor(origin: string, connections: number, timeout_ms: number) {
    this.#free = connections;
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: timeout_ms },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  send(request: HttpRequest): void {
    if (this.#free > 0) this.#dispatch(request);
    else this.#wait(request);
  }

  /** Ends every connection, whatever is on it. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #wait(request: HttpRequest): void {
    const giveUp = () => {
      this.#waiting.delete(waiting);
      request.done('no-connection');
    };
    const waiting = { request, timer: setTimeout(giveUp, request.deadline_ms - now_ms()) };
    this.#waiting.add(waiting);
  }

  #dispatch(request: HttpRequest): void {
    this.#free -= 1;
    const { method, path, headers, body } = request;
    this.#pool.dispatch({ method, path, headers, body }, new Exchange(request, () => this.#next()));
  }

  /** A connection is free again. */
  #next(): void {
    this.#free += 1;
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waiting.delete(first);
    clearTimeout(first.timer);
    this.#dispatch(first.request);
  }
}

/** One request on one connection. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #onFreed: () => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #settled = false;

  constructor(request: HttpRequest, onFreed: () => void) {
    this.#request = request;
    this.#onFreed = onFreed;
    this.#timer = setTimeout(() => this.#giveUp(), request.deadline_ms - now_ms());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up before it was sent'));
    else this.#request.taken();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#settle(this.#status === this.#request.status ? undefined : `status ${this.#status}`);
    this.#onFreed();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle(reasonOf(error));
    this.#onFreed();
  }

  #giveUp(): void {
    this.#settle(this.#controller === undefined ? 'no-connection' : 'timeout');
    this.#controller?.abort(new Error('its time is over'));
  }

  #settle(failure?: SendFailure): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#request.done(failure);
  }
}

/** Codes of the system and of undici. */
const REASONS: Readonly<Record<string, SendFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CONNECT_TIMEOUT: 'no-connection',
};

function reasonOf(error: NodeJS.ErrnoException): SendFailure {
  return REASONS[error.code ?? ''] ?? 'other';
}
