/**
 * A stand-in for a Docker engine, for tests where none can be: the part of its API that we use, on a Unix socket. What
 * would run in a container runs as a process of this machine that outlives whoever asked for it, as with a real engine.
 * @see https://docs.docker.com/reference/api/engine/
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

/** What was asked for, in the API's own words. */
interface Created {
  readonly Image: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[]>>;
    readonly CapDrop: readonly string[];
    readonly PidMode?: string;
  };
}

export class StandInContainer {
  readonly name: string;
  readonly created: Created;
  #child: ChildProcess | undefined;
  #said = '';
  readonly #listeners = new Set<ServerResponse>();
  #nextExit = Promise.withResolvers<number>();

  constructor(name: string, created: Created) {
    this.name = name;
    this.created = created;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    const [command = '', ...args] = [...this.created.Entrypoint, ...this.created.Cmd];
    const env = Object.fromEntries(this.created.Env.map((pair) => pair.split(/=(.*)/s)));
    const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, detached: true });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => this.#say(piece));
    // A real engine, too, may tell of the end before what was said last.
    child.on('exit', (code) => {
      this.#nextExit.resolve(code ?? 137);
      this.#nextExit = Promise.withResolvers();
    });
    child.on('close', () => {
      for (const listener of this.#listeners) listener.end();
      this.#listeners.clear();
    });
    this.#child = child;
  }

  /** Resolves with the exit code. */
  ended(condition: string): Promise<number> {
    return this.isRunning || condition === 'next-exit' ? this.#nextExit.promise : Promise.resolve(137);
  }

  async kill(): Promise<void> {
    if (!this.isRunning || this.#child === undefined) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  /** From now on, or with all that was said before. */
  listen(response: ServerResponse, { fromTheBeginning = false } = {}): void {
    response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' });
    if (fromTheBeginning && this.#said !== '') response.write(frame(Buffer.from(this.#said)));
    response.flushHeaders();
    // What ended says nothing more; one that listens before the start hears the start.
    if (fromTheBeginning && !this.isRunning) response.end();
    else this.#listeners.add(response);
  }

  #say(piece: Buffer): void {
    this.#said += piece;
    for (const listener of this.#listeners) listener.write(frame(piece));
  }
}

/** As the API multiplexes stdout: its number, then the length. */
function frame(piece: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(piece.length, 4);
  return Buffer.concat([head, piece]);
}

export interface StandInEngine {
  /** As DOCKER_HOST has it. */
  readonly address: string;
  readonly containers: ReadonlyMap<string, StandInContainer>;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** Of the socket. */
  readonly folder: string;
  readonly hasImage: (image: string) => boolean;
}

/** Starts one. */
export async function standInEngine({ folder, hasImage }: StandInOptions): Promise<StandInEngine> {
  const containers = new Map<string, StandInContainer>();
  const server = createServer((request, response) => {
    answer(request, response, containers, hasImage).catch((error: unknown) => {
      reply(response, 500, { message: String(error) });
    });
  });
  const socket = join(folder, 'engine.sock');
  server.listen(socket);
  await once(server, 'listening');
  return {
    address: `unix://${socket}`,
    containers,
    async close() {
      await Promise.all([...containers.values()].map((one) => one.kill()));
      server.closeAllConnections();
      server.close();
    },
  };
}

function reply(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  containers: Map<string, StandInContainer>,
  hasImage: (image: string) => boolean,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://docker');
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\.\d+/, '');
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
  if (image !== undefined)
    return hasImage(image) ? reply(response, 200, {}) : reply(response, 404, { message: `No such image: ${image}` });
  if (path === '/info') return reply(response, 200, { ServerVersion: '1.2.3', OSType: 'linux', SecurityOptions: [] });
  if (path === '/containers/json') return reply(response, 200, [...containers.values()].map(listed));
  if (path === '/containers/create') {
    const name = url.searchParams.get('name') ?? '';
    containers.set(name, new StandInContainer(name, JSON.parse(text)));
    return reply(response, 201, { Id: name });
  }
  const [, name = '', verb = ''] = /^\/containers\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const container = containers.get(name);
  if (container === undefined) return reply(response, 404, { message: `No such container: ${name}` });
  switch (`${request.method} ${verb}`) {
    case 'GET json':
      return reply(response, 200, inspected(container));
    case 'GET logs':
      return container.listen(response, { fromTheBeginning: true });
    case 'POST attach':
      return container.listen(response);
    case 'POST start':
      container.start();
      return reply(response, 204);
    case 'POST kill':
      await container.kill();
      return reply(response, 204);
    case 'POST wait':
      return reply(response, 200, { StatusCode: await container.ended(url.searchParams.get('condition') ?? '') });
    case 'POST stop':
      await container.kill();
      return reply(response, 204);
    case 'DELETE ':
      await container.kill();
      containers.delete(name);
      return reply(response, 204);
    default:
      return reply(response, 501, { message: `the stand-in has no ${request.method} ${path}` });
  }
}

function portsOf({ created }: StandInContainer) {
  return created.HostConfig.PortBindings;
}

function listed(container: StandInContainer) {
  const Ports = Object.values(portsOf(container))
    .flat()
    .map(({ HostPort }) => ({ PublicPort: Number(HostPort) }));
  return { Id: container.name, Image: container.created.Image, Labels: container.created.Labels, Ports };
}

function inspected(container: StandInContainer) {
  return {
    Id: container.name,
    Name: container.name,
    Config: { Hostname: container.name, Labels: container.created.Labels },
    HostConfig: container.created.HostConfig,
    State: { Running: container.isRunning, Status: container.isRunning ? 'running' : 'exited' },
    NetworkSettings: { Ports: portsOf(container), Networks: {} },
  };
}
