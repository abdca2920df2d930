/**
 * An event client for as long as somebody holds it.
 *
 * React may mount a component, take it away and mount it again in one turn: StrictMode does, and so does an effect whose
 * channels have changed. The client outlives such a turn, so that nothing replaces or doubles its socket (partykit#335);
 * once a turn ends with no holder it is closed. A later holder gets a new one, as a closed client stays closed.
 */
import type { ConnectionState, EventClient } from '../../release-parts.ts';

export class ClientHold {
  readonly #create: () => EventClient;
  readonly #listeners = new Set<() => void>();
  #client: EventClient | undefined;
  #holders = 0;

  /** @param create is called when the first holder comes, not before: rendering must have no effect */
  constructor(create: () => EventClient) {
    this.#create = create;
  }

  /** For `useSyncExternalStore`. */
  readonly state = (): ConnectionState => this.#client?.state ?? 'disconnected';

  /** For `useSyncExternalStore`. */
  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The client, not connected yet if this is its first holder: subscribe, then `connect`. `release` it once. */
  hold(): EventClient {
    this.#holders += 1;
    if (!this.#client) {
      this.#client = this.#create();
      this.#client.on('state', () => this.#tell());
    }
    return this.#client;
  }

  release(): void {
    this.#holders -= 1;
    queueMicrotask(() => {
      if (this.#holders > 0) return;
      const client = this.#client;
      this.#client = undefined;
      client?.close();
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
