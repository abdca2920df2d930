/** The event handler attributes of the standard's `WebSocket`: `onopen`, `onmessage`, `onerror`, `onclose`. */

type HandlerName = 'open' | 'message' | 'error' | 'close';
/** A page's handler names the event that it is for. */
export type EventHandler = ((event: never) => void) | null;

export class WebSocketEvents extends EventTarget {
  readonly #handlers = new Map<HandlerName, { handler: EventHandler; listener: (event: Event) => void }>();

  get onopen(): EventHandler {
    return this.#get('open');
  }
  set onopen(handler: EventHandler) {
    this.#set('open', handler);
  }
  get onmessage(): EventHandler {
    return this.#get('message');
  }
  set onmessage(handler: EventHandler) {
    this.#set('message', handler);
  }
  get onerror(): EventHandler {
    return this.#get('error');
  }
  set onerror(handler: EventHandler) {
    this.#set('error', handler);
  }
  get onclose(): EventHandler {
    return this.#get('close');
  }
  set onclose(handler: EventHandler) {
    this.#set('close', handler);
  }

  #get(name: HandlerName): EventHandler {
    return this.#handlers.get(name)?.handler ?? null;
  }

  /** A handler that replaces another keeps its place among the listeners (HTML, "event handlers"). */
  #set(name: HandlerName, handler: EventHandler): void {
    const held = this.#handlers.get(name);
    if (typeof handler !== 'function') {
      if (held) this.removeEventListener(name, held.listener);
      this.#handlers.delete(name);
    } else if (held) held.handler = handler;
    else {
      const entry = {
        handler: handler as EventHandler,
        listener: (event: Event) => void entry.handler?.call(this, event as never),
      };
      this.#handlers.set(name, entry);
      this.addEventListener(name, entry.listener);
    }
  }
}
