/**
 * A run while it goes, for a browser on this machine: server-sent events (HTML Standard, 9.2) from a server on a random
 * port of the loopback interface that ends with the run. It takes no orders: whoever reads can change nothing.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { oneLine } from '../printable.ts';
import type { Progress, ProgressState } from '../progress.ts';
import { LIVE_POLICY, renderLivePage } from './live-page.ts';

/** Lines that one who comes late is told. */
const MOST_LINES = 500;
/** Pages that listen at once; more are refused. */
const MOST_LISTENERS = 8;
/** One who reads slower than this is let go: bytes that wait for it. */
const MOST_BEHIND_BYTES = 1 << 20;
/** How long a page may take to fetch the report before the server goes. */
const FETCH_MS = 5_000;

export class LiveView {
  readonly #server: Server;
  readonly #page: string;
  readonly #listeners = new Set<ServerResponse>();
  readonly #lines: string[] = [];
  readonly #began_ms = Date.now();
  #state: string | undefined;
  #report: string | undefined;
  #toFetch = 0;
  readonly #fetched = Promise.withResolvers<void>();

  private constructor(title: string) {
    this.#page = renderLivePage(title);
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param title what is run, as the page's heading says it */
  static async start(title: string): Promise<LiveView> {
    const view = new LiveView(title);
    view.#server.listen(0, '127.0.0.1');
    await once(view.#server, 'listening');
    return view;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  line(text: string): void {
    const said = oneLine(text);
    this.#lines.push(said);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    this.#send('line', said);
  }

  update({ suite, check, done, total, elapsed_ms = Date.now() - this.#began_ms }: ProgressState): void {
    const checks = (typeof check === 'string' ? [check] : check).filter((name) => name !== '').map(oneLine);
    const state = { suite: oneLine(suite), checks, done, total, elapsed_ms };
    this.#state = JSON.stringify(state);
    this.#send('state', state);
  }

  /** Turns the pages that listen into the report, and resolves once they have it, or after 5 s. */
  async finish(report: string): Promise<void> {
    this.#report = report;
    this.#toFetch = this.#listeners.size;
    if (this.#toFetch === 0) return;
    this.#send('report', null);
    const timer = new AbortController();
    await Promise.race([this.#fetched.promise, wait(FETCH_MS, undefined, { signal: timer.signal, ref: false })]);
    timer.abort();
  }

  /** Ends the server and every connection to it. May be called again. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // A name that leads here (DNS rebinding) is no address of ours.
    const { port } = this.#server.address() as AddressInfo;
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? '')) {
      refuse(response, 421, 'expected the address that the run printed');
      return;
    }
    if (request.method !== 'GET') refuse(response, 405, 'expected GET');
    // Asked for by browsers of themselves: not to be complained of in their consoles.
    else if (request.url === '/favicon.ico') response.writeHead(204).end();
    else if (request.url === '/') {
      response.setHeader('Content-Security-Policy', LIVE_POLICY);
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(this.#page);
    } else if (request.url === '/events') this.#listen(response);
    else if (request.url === '/report.html' && this.#report !== undefined) {
      response.on('close', () => {
        this.#toFetch -= 1;
        if (this.#toFetch <= 0) this.#fetched.resolve();
      });
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(this.#report);
    } else refuse(response, 404, 'expected /, /events, or when the run has ended /report.html');
  }

  #listen(response: ServerResponse): void {
    if (this.#listeners.size >= MOST_LISTENERS) {
      refuse(response, 503, `expected at most ${MOST_LISTENERS} pages`);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    for (const line of this.#lines) response.write(eventOf('line', JSON.stringify(line)));
    if (this.#state !== undefined) response.write(eventOf('state', this.#state));
  }

  #send(event: string, data: unknown): void {
    const text = eventOf(event, JSON.stringify(data));
    for (const listener of this.#listeners) {
      if (listener.writableLength > MOST_BEHIND_BYTES) listener.destroy();
      else listener.write(text);
    }
  }
}

/** Shows on `view` too what is told to `progress`. Stopping it leaves the view, which has the report to come. */
export function alsoLive(progress: Progress, view: LiveView): Progress {
  return {
    ...progress,
    line(text) {
      progress.line(text);
      view.line(text);
    },
    update(state) {
      progress.update(state);
      view.update(state);
    },
  };
}

function eventOf(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

function refuse(response: ServerResponse, status: number, says: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${says}\n`);
}
