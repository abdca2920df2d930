/** The Docker engine of this machine: where it listens, and what it answers. Needs no program and no package. */
import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeError } from '../../processes/wait.ts';

const ANSWER_TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * `ENGINE_ABSENT`: nothing listens where engines do. `ENGINE_ELSEWHERE`: DOCKER_HOST is another machine's, or nothing
 * that we speak. `ENGINE_SILENT`: it gave no answer in time, or none that can be read. `ENGINE_REFUSED`: it said no.
 */
export class EngineError extends Error {
  readonly code: 'ENGINE_ABSENT' | 'ENGINE_ELSEWHERE' | 'ENGINE_SILENT' | 'ENGINE_REFUSED';
  override readonly name = 'EngineError';

  constructor(code: EngineError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface EngineFacts {
  /** `28.2.2` */
  readonly version: string;
  /** Whether its containers can share this machine's process ids: it is no rootless engine and no virtual machine. */
  readonly sharesProcesses: boolean;
}

interface Answer {
  readonly status: number;
  /** Parsed; undefined when it has no body. */
  readonly body: unknown;
}

export interface AskOptions {
  /** @default 2000 */
  readonly timeout_ms?: number;
  /** Statuses that are an answer all the same. @default none */
  readonly accept?: readonly number[];
}

/** Where an engine may listen without being told: Docker's own, a rootless one, Docker Desktop's. */
function usualSockets(env: NodeJS.ProcessEnv): readonly string[] {
  const rootless = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : [];
  return ['/var/run/docker.sock', ...rootless, join(env.HOME ?? homedir(), '.docker/run/docker.sock')];
}

/** The address of DOCKER_HOST, else of the first usual socket that is there. Throws EngineError. */
export function findEngine(env: NodeJS.ProcessEnv): Engine {
  if (env.DOCKER_HOST) return new Engine(env.DOCKER_HOST);
  const sockets = usualSockets(env);
  const socket = sockets.find((path) => existsSync(path));
  if (socket !== undefined) return new Engine(`unix://${socket}`);
  const reason = `no Docker engine is there: DOCKER_HOST is not set, and there is no ${sockets.join(', ')}`;
  throw new EngineError('ENGINE_ABSENT', reason);
}

/** An engine at an address; nothing is known of it before it was asked. */
export class Engine {
  /** As DOCKER_HOST has it: `unix:///var/run/docker.sock`. */
  readonly address: string;
  readonly #where: { readonly socketPath: string } | { readonly host: string; readonly port: string };

  /** Throws EngineError (ENGINE_ELSEWHERE). */
  constructor(address: string) {
    this.address = address;
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol === 'unix:' && url.pathname !== '') this.#where = { socketPath: decodeURI(url.pathname) };
    else if (url?.protocol === 'tcp:' && isLoopback(url.hostname))
      this.#where = { host: url.hostname.replaceAll(/[[\]]/g, ''), port: url.port || '2375' };
    else {
      const expected = 'unix://… or tcp://127.0.0.1:… was expected, since containers serve on this machine only';
      throw new EngineError('ENGINE_ELSEWHERE', `DOCKER_HOST is ${withoutSecrets(url)}: ${expected}`);
    }
  }

  /**
   * One request. Throws EngineError: ENGINE_SILENT, and ENGINE_REFUSED with what the engine says for any status from
   * 300 on that is not accepted.
   */
  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { timeout_ms = ANSWER_TIMEOUT_MS, accept = [] }: AskOptions = {},
  ): Promise<Answer> {
    const signal = AbortSignal.timeout(timeout_ms);
    let answer: Answer;
    try {
      const response = await this.#send(method, path, signal);
      answer = { status: response.statusCode ?? 0, body: await bodyOf(response) };
    } catch (cause) {
      const why = signal.aborted ? `did not answer within ${timeout_ms} ms` : `gave no answer: ${describeError(cause)}`;
      throw new EngineError('ENGINE_SILENT', `the Docker engine at ${this.address} ${why}`, { cause });
    }
    if (answer.status < 300 || accept.includes(answer.status)) return answer;
    const said = (answer.body as { message?: unknown } | undefined)?.message ?? 'nothing more';
    const what = `the Docker engine at ${this.address} answered ${method} ${path} with ${answer.status}: ${said}`;
    throw new EngineError('ENGINE_REFUSED', what);
  }

  /** Throws EngineError. */
  async facts(): Promise<EngineFacts> {
    const { body } = await this.ask('GET', '/info');
    const { ServerVersion, OSType, OperatingSystem, SecurityOptions } = (body ?? {}) as Record<string, unknown>;
    if (typeof ServerVersion !== 'string' || OSType !== 'linux') {
      const got = `version ${JSON.stringify(ServerVersion)}, containers for ${JSON.stringify(OSType)}`;
      throw new EngineError('ENGINE_REFUSED', `expected an engine of Linux containers at ${this.address}, got ${got}`);
    }
    const isRootless = JSON.stringify(SecurityOptions ?? []).includes('name=rootless');
    const isVirtual = process.platform !== 'linux' || /docker desktop/i.test(String(OperatingSystem));
    return { version: ServerVersion, sharesProcesses: !isRootless && !isVirtual };
  }

  /** Whether the engine has the image, so that a container needs no registry. Throws EngineError. */
  async hasImage(image: string): Promise<boolean> {
    const { status } = await this.ask('GET', `/images/${image}/json`, { accept: [404] });
    return status !== 404;
  }

  #send(method: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { host: 'docker', 'content-length': 0 };
    request({ ...this.#where, method, path, headers, signal, agent: false }, resolve)
      .on('error', reject)
      .end();
    return promise;
  }
}

async function bodyOf(response: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) {
    text += piece;
    if (text.length > ANSWER_BYTES_MAX) throw new Error(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  }
  return text === '' ? undefined : JSON.parse(text);
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replaceAll(/[[\]]/g, '');
  return bare === 'localhost' || (isIPv4(bare) && bare.startsWith('127.')) || (isIPv6(bare) && bare === '::1');
}

function withoutSecrets(url: URL | undefined): string {
  return url === undefined ? 'no address' : `${url.protocol}//${url.host}${url.pathname}`;
}
