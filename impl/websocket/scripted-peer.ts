/** For the client's tests: a clock that stands until it is moved, and sockets whose other end is the test. */
import type { ConnectionState, Environment, EnvironmentChange, WebSocketConstructor } from '../release-parts.ts';
import { ReconnectingWebSocketClient, type ReconnectingWebSocketClientOptions } from './client.ts';
import type { Clock } from './clock.ts';
import type { ClientFrame } from './frames.ts';

export class VirtualClock implements Clock {
  #now_ms = 1_000_000;
  #timers = new Map<number, { readonly due_ms: number; readonly callback: () => void }>();
  #handles = 0;

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now_ms;
  }

  setTimeout(callback: () => void, delay_ms: number): number {
    this.#handles += 1;
    this.#timers.set(this.#handles, { due_ms: this.#now_ms + delay_ms, callback });
    return this.#handles;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** Runs each timer at its time, and lets promises settle in between. */
  async advance(duration_ms: number): Promise<void> {
    const end_ms = this.#now_ms + duration_ms;
    await settle();
    while (await this.#runNext(end_ms));
    this.#now_ms = end_ms;
  }

  /** Moves to the next timer, whenever it is, and runs it. */
  async next(): Promise<void> {
    await settle();
    if (!(await this.#runNext(Number.POSITIVE_INFINITY))) throw new Error('there is no timer to move to');
  }

  /** Time goes by and no timer runs, as in sleep; the overdue ones run with the next `advance`. */
  sleep(duration_ms: number): void {
    this.#now_ms += duration_ms;
  }

  async #runNext(end_ms: number): Promise<boolean> {
    const [due] = [...this.#timers].sort(([, a], [, b]) => a.due_ms - b.due_ms);
    if (!due || due[1].due_ms > end_ms) return false;
    this.#now_ms = Math.max(this.#now_ms, due[1].due_ms);
    this.#timers.delete(due[0]);
    due[1].callback();
    await settle();
    return true;
  }
}

/** Lets everything that only waits for promises happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An environment whose changes the test tells. */
export class ScriptedEnvironment implements Environment {
  readonly #listeners = new Set<(change: EnvironmentChange) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  watch(changed: (change: EnvironmentChange) => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  tells(change: EnvironmentChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** A socket as the client sees it; the test plays network and server. */
export class ScriptedSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  readonly closeCodes: (number | undefined)[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  /** The handshake is never answered: a socket that is let go must not be waited for. */
  close(code?: number): void {
    this.closeCodes.push(code);
    this.readyState = 2;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  tells(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  accepts(): void {
    this.opens();
    this.tells({ type: 'authenticated' });
  }

  closes(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onerror?.();
    this.onclose?.({ code, reason });
  }

  /** What was sent of one type. */
  of<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type);
  }
}

/** A client on a virtual clock with scripted sockets, and a record of all it told. */
export function scriptedClient(options: Partial<ReconnectingWebSocketClientOptions> = {}) {
  const clock = new VirtualClock();
  const environment = new ScriptedEnvironment();
  const sockets: ScriptedSocket[] = [];
  class RecordedSocket extends ScriptedSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  const client = new ReconnectingWebSocketClient({
    url: 'ws://test/ws',
    token: () => 'token',
    WebSocket: RecordedSocket as unknown as WebSocketConstructor,
    clock,
    environment,
    random: () => 0.999_999,
    ...options,
  });
  const told = {
    states: [] as ConnectionState[],
    subscribed: [] as string[],
    gaps: [] as string[],
    errors: [] as string[],
  };
  client.on('state', (state) => told.states.push(state));
  client.on('subscribed', (channel) => told.subscribed.push(channel));
  client.on('gap', (channel) => told.gaps.push(channel));
  client.on('error', (error) => told.errors.push(error.message));
  return {
    client,
    clock,
    environment,
    sockets,
    told,
    get socket(): ScriptedSocket {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('no socket was opened yet');
      return socket;
    },
    /** Connects and waits until the socket exists. */
    async start(): Promise<ScriptedSocket> {
      client.connect();
      await settle();
      return this.socket;
    },
    /** Lets the client wait out its back-off, and gives its new socket. */
    async comesBack(): Promise<ScriptedSocket> {
      const before = sockets.length;
      await clock.next();
      if (sockets.length !== before + 1) throw new Error(`expected one new socket, got ${sockets.length - before}`);
      return this.socket;
    },
    /** How long the client waits until it comes back. */
    async wait_ms(): Promise<number> {
      const begin_ms = clock.now();
      await this.comesBack();
      return Math.ceil(clock.now() - begin_ms);
    },
  };
}
