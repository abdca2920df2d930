/**
 * The dashboard's end of its updates as v1.0.0 had it: connects once.
 *
 * No heartbeat, no reconnection, no replay (TARS-1001): when the connection closes it says so and stays disconnected
 * until somebody calls `connect` again, as a reload of the page does.
 */
import type {
  ConnectionState,
  DashboardEvent,
  EventClient,
  EventClientEvents,
  EventClientOptions,
} from '../../release-parts.ts';

type Handler = (event: DashboardEvent) => void | Promise<void>;
type Listeners = { [K in keyof EventClientEvents]: Set<EventClientEvents[K]> };

export class WebSocketClient implements EventClient {
  readonly #options: EventClientOptions;
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #listeners: Listeners = { state: new Set(), subscribed: new Set(), gap: new Set(), error: new Set() };
  #state: ConnectionState = 'disconnected';
  #socket: WebSocket | undefined;

  constructor(options: EventClientOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  connect(): void {
    if (this.#state !== 'disconnected') return;
    this.#enter('connecting');
    Promise.resolve()
      .then(() => this.#options.token({ refused: false }))
      .then((token) => this.#open(token))
      .catch((error) => {
        this.#emit('error', new Error(`cannot connect: ${String(error)}`));
        this.#enter('disconnected');
      });
  }

  subscribe(channel: string, handler: Handler): () => void {
    let handlers = this.#handlers.get(channel);
    if (!handlers) {
      handlers = new Set();
      this.#handlers.set(channel, handlers);
      this.#send({ type: 'subscribe', channel });
    }
    handlers.add(handler);
    return () => this.#unsubscribe(channel, handler);
  }

  on<K extends keyof EventClientEvents>(name: K, listener: EventClientEvents[K]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  close(): void {
    this.#enter('closed');
    this.#handlers.clear();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #open(token: string): void {
    if (this.#state !== 'connecting') return;
    const socket = new (this.#options.WebSocket ?? globalThis.WebSocket)(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: 'authenticate', token }));
    socket.onmessage = ({ data }) => this.#message(JSON.parse(String(data)));
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      if (this.#state === 'closed') return;
      this.#socket = undefined;
      this.#emit('error', new Error(`WebSocket closed with code ${code}`));
      this.#enter('disconnected');
    };
  }

  #message(frame: { type: string; channel: string; payload: unknown; code: string; message: string }): void {
    if (frame.type === 'authenticated') {
      for (const channel of this.#handlers.keys()) this.#send({ type: 'subscribe', channel });
      this.#enter('connected');
    } else if (frame.type === 'subscribed') this.#emit('subscribed', frame.channel);
    else if (frame.type === 'event') this.#handle({ channel: frame.channel, payload: frame.payload });
    else if (frame.type === 'error') this.#emit('error', new Error(`server: ${frame.code}: ${frame.message}`));
  }

  #handle(event: DashboardEvent): void {
    for (const handler of [...(this.#handlers.get(event.channel) ?? [])]) {
      Promise.resolve(event)
        .then(handler)
        .catch((error) => this.#emit('error', error));
    }
  }

  #unsubscribe(channel: string, handler: Handler): void {
    const handlers = this.#handlers.get(channel);
    if (!handlers?.delete(handler) || handlers.size > 0) return;
    this.#handlers.delete(channel);
    this.#send({ type: 'unsubscribe', channel });
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#emit('state', state);
  }

  #emit<K extends keyof EventClientEvents>(name: K, ...args: Parameters<EventClientEvents[K]>): void {
    for (const listener of [...this.#listeners[name]]) (listener as (...args: unknown[]) => void)(...args);
  }
}

export function createEventClient(options: EventClientOptions): EventClient {
  return new WebSocketClient(options);
}
