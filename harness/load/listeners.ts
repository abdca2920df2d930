/** WebSocket clients that hear of the requests sent: they say hello, and report each arrival. */
import { WebSocket } from 'ws';
import { type ListenersPlan, LoadError } from './load-plan.ts';

const READY_MS = 15_000;

export class Listeners {
  readonly #plan: ListenersPlan;
  readonly #sockets: WebSocket[] = [];

  constructor(plan: ListenersPlan) {
    this.#plan = plan;
  }

  /**
   * Opens all of them, and resolves when each is ready. From then on `heard` is called for each arrival.
   * @throws LoadError `LISTENERS_NOT_READY`
   */
  async open(heard: (id: string) => void): Promise<void> {
    const { count } = this.#plan;
    let ready = 0;
    const opened = Array.from({ length: count }, () => this.#open(heard).then(() => (ready += 1)));
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`not ready within ${READY_MS} ms`)), READY_MS);
    try {
      await Promise.race([Promise.all(opened), late.promise]);
    } catch (error) {
      this.close();
      const why = (error as Error).message;
      throw new LoadError('LISTENERS_NOT_READY', `only ${ready} of ${count} listeners became ready: ${why}`);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #open(heard: (id: string) => void): Promise<void> {
    const { url, hello } = this.#plan;
    const ready = new RegExp(this.#plan.ready);
    const arrival = new RegExp(this.#plan.arrival);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: READY_MS });
    this.#sockets.push(socket);
    socket.on('open', () => {
      for (const frame of hello) socket.send(frame);
    });
    socket.on('message', (data) => {
      const text = String(data);
      const id = arrival.exec(text)?.[1];
      if (id !== undefined) heard(id);
      else if (ready.test(text)) resolve();
    });
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`the server closed it with ${code}`)));
    return promise;
  }
}
