/**
 * The harness's side of the reaper (`reaper-child.ts`): found one, join it from another process, tell it what to end.
 * The founder is the process whose end is the end of everything: the CLI. A Vitest worker joins.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ending } from './end-group.ts';
import { LineSplitter } from './line-splitter.ts';
import { identify } from './process-group.ts';
import type { ReaperReply, ReaperRequest } from './reaper-protocol.ts';
import { Registrations } from './registrations.ts';
import { describeError, waitUntil } from './wait.ts';

/**
 * `REAPER_NOT_STARTED`: the child did not come up, or its socket cannot be reached. `REAPER_GONE`: it ended, or the
 * connection was closed. `REAPER_REFUSED`: it would not look after what it was given. `REAPER_STUCK`: it would not end.
 * `unwritable`: the user's to mend: its folder is missing, closed to us, or too deep for a socket.
 */
export class ReaperError extends Error {
  readonly code: 'REAPER_NOT_STARTED' | 'REAPER_GONE' | 'REAPER_REFUSED' | 'REAPER_STUCK' | 'unwritable';
  override readonly name = 'ReaperError';

  constructor(code: ReaperError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const CHILD = fileURLToPath(new URL('./reaper-child.ts', import.meta.url));
/** The longest path that a Unix socket may have on every system (macOS: 104 bytes with the final zero). */
const SOCKET_PATH_MAX = 103;
const START_TIMEOUT_MS = 15_000;
const REPLY_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 60_000;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Question = Without<ReaperRequest, 'id'>;

interface Pending {
  resolve(): void;
  reject(error: ReaperError): void;
}

/**
 * One process's line to the reaper. What is registered over it ends when it closes, for whatever reason: by the reaper
 * when this process ends, by this process when the reaper does.
 */
export class ReaperConnection {
  /** Where others join. */
  readonly socketPath: string;
  /**
   * Resolves when the connection broke before it was closed, as it does when the reaper dies. What was registered over
   * it is then being ended from here, and nothing can be started any more; `close` waits for the end of it. Never
   * rejects, and stays pending when all goes well.
   */
  readonly lost: Promise<ReaperError>;
  protected readonly registrations = new Registrations();
  /** It was asked to close, so that its end is no loss. */
  protected isClosing = false;
  readonly #tellLost: (error: ReaperError) => void;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  protected constructor(socketPath: string, socket: Socket) {
    this.socketPath = socketPath;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<ReaperError>();
    this.lost = promise;
    this.#tellLost = resolve;
    const splitter = new LineSplitter();
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      for (const line of splitter.push(piece)) this.#settle(JSON.parse(line) as ReaperReply);
    });
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(goneError());
      this.#pending.clear();
      if (!this.isClosing) void this.lose();
    });
    socket.unref();
  }

  /** @internal Use `joinReaper` or `Reaper.found`. */
  static async open(socketPath: string, role: 'founder' | 'member'): Promise<ReaperConnection> {
    const connection = new ReaperConnection(socketPath, await connectTo(socketPath));
    await connection.ask({ do: 'join', role, pid: process.pid });
    return connection;
  }

  /** Ends the group of this process, which must lead one, and who left it, when the connection closes. */
  async adopt(pid: number, { stopSignal, grace_ms, mark }: Ending): Promise<void> {
    const leader = identify(pid);
    // Kept before it is asked for: the reaper may die with the answer on its lips.
    if (leader) this.registrations.groups.set(pid, { leader, ending: { stopSignal, grace_ms, mark } });
    await this.ask({ do: 'adopt', pid, stopSignal, grace_ms, mark }).catch((error: unknown) => {
      if (isRefusal(error)) this.registrations.groups.delete(pid);
      throw error;
    });
  }

  /** The process has ended: nothing is to be done about it any more. */
  async release(pid: number): Promise<void> {
    this.registrations.groups.delete(pid);
    await this.ask({ do: 'release', pid });
  }

  /** Removes this folder, with all that is in it, when the connection closes and its processes have ended. */
  async ownFolder(path: string): Promise<void> {
    await this.ask({ do: 'own-folder', path });
    this.registrations.folders.add(normalize(path));
  }

  /**
   * Makes a folder of its own whose path begins so, closed to others, and owned before it is made: a kill in between
   * leaves nothing. Throws ReaperError, and what mkdir(2) says.
   */
  async makeFolder(prefix: string): Promise<string> {
    const path = `${prefix}${randomBytes(6).toString('hex')}`;
    await this.ownFolder(path);
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  /** The folder is gone, or another's. */
  async releaseFolder(path: string): Promise<void> {
    this.registrations.folders.delete(normalize(path));
    await this.ask({ do: 'release-folder', path });
  }

  /** Ends everything registered over this connection, waits until it is gone, and closes. */
  async close(): Promise<void> {
    if (!this.isClosing && !this.#socket.destroyed) {
      try {
        await this.ask({ do: 'end' }, CLOSE_TIMEOUT_MS);
        this.isClosing = true;
        this.#socket.destroy();
      } catch (error) {
        if (!(error instanceof ReaperError && error.code === 'REAPER_GONE')) throw error;
      }
    }
    if (!this.isClosing) await this.lose();
  }

  /** Says that the connection is lost, and does here what the reaper would have done. */
  protected lose(): Promise<void> {
    this.#tellLost(goneError());
    return this.registrations.end();
  }

  protected ask(question: Question, timeout_ms = REPLY_TIMEOUT_MS): Promise<void> {
    if (this.#socket.destroyed) return Promise.reject(goneError());
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () =>
        reject(new ReaperError('REAPER_STUCK', `The reaper did not answer "${question.do}" within ${timeout_ms} ms`)),
      timeout_ms,
    );
    this.#pending.set(id, { resolve, reject });
    this.#socket.ref(); // Only while an answer is due: an idle connection keeps nobody from ending.
    this.#socket.write(`${JSON.stringify({ id, ...question })}\n`);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#socket.unref();
    });
  }

  #settle(reply: ReaperReply): void {
    const pending = this.#pending.get(reply.id);
    if (reply.ok) pending?.resolve();
    else pending?.reject(new ReaperError('REAPER_REFUSED', `The reaper refused: ${reply.error}`));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ReaperError && error.code === 'REAPER_REFUSED';
}

function goneError(): ReaperError {
  return new ReaperError(
    'REAPER_GONE',
    'The connection to the reaper is closed: nothing can be started, for nothing would end it. Start the run again',
  );
}

async function connectTo(socketPath: string): Promise<Socket> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(REPLY_TIMEOUT_MS) });
  } catch (cause) {
    socket.destroy();
    throw new ReaperError('REAPER_NOT_STARTED', `No reaper listens on ${socketPath}`, { cause });
  }
  return socket;
}

/**
 * Joins the reaper that another process founded. This process is killed with all it registered when the founder ends.
 * Throws ReaperError.
 */
export function joinReaper(socketPath: string): Promise<ReaperConnection> {
  return ReaperConnection.open(socketPath, 'member');
}

async function checkFolder(folder: string): Promise<void> {
  const refuse = (why: string, cause?: unknown) =>
    new ReaperError('unwritable', `The temporary folder ${folder} ${why}`, { cause });
  if (Buffer.byteLength(`${folder}/harness-XXXXXX/reaper`) > SOCKET_PATH_MAX) {
    throw refuse(`is too long: a socket's path has at most ${SOCKET_PATH_MAX} bytes. Set TMPDIR to a shorter one`);
  }
  try {
    await rmdir(await mkdtemp(`${folder}/harness-`));
  } catch (cause) {
    throw refuse(`cannot be used: ${describeError(cause)}. Set TMPDIR to a folder that exists and is writable`, cause);
  }
}

/** The reaper and its founder's connection. */
export class Reaper extends ReaperConnection {
  readonly #child: ChildProcess;

  private constructor(socketPath: string, socket: Socket, child: ChildProcess) {
    super(socketPath, socket);
    this.#child = child;
  }

  /**
   * Starts a reaper in a session of its own and connects to it as its founder.
   * @param options.folder where the folder of its socket is made; the system's temporary folder by default
   * Throws ReaperError.
   */
  static async found({ folder = tmpdir() }: { readonly folder?: string } = {}): Promise<Reaper> {
    await checkFolder(folder);
    const child = spawn(process.execPath, [CHILD, folder], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR },
    });
    const socketPath = await firstLineOf(child);
    try {
      const reaper = new Reaper(socketPath, await connectTo(socketPath), child);
      reaper.registrations.folders.add(dirname(socketPath)); // The reaper removes it, if it lives to.
      await reaper.ask({ do: 'join', role: 'founder', pid: process.pid });
      for (const end of [child, child.stdin, child.stdout, child.stderr]) (end as unknown as Socket).unref();
      return reaper;
    } catch (error) {
      child.kill('SIGKILL');
      await rm(dirname(socketPath), { recursive: true, force: true });
      throw error;
    }
  }

  /** The pid of the reaper itself. */
  get pid(): number {
    return this.#child.pid as number;
  }

  /**
   * Ends everything that anybody registered, kills the members, and waits until the reaper has ended too. A reaper that
   * does not end in order is lost like one that died: what this process registered is then ended from here.
   */
  override async close(): Promise<void> {
    this.isClosing = true;
    const hasEnded = () => this.#child.exitCode !== null || this.#child.signalCode !== null;
    const wait = { timeout_ms: CLOSE_TIMEOUT_MS, interval_ms: 10 };
    this.#child.ref();
    this.#child.stdin?.destroy();
    await waitUntil('the reaper to end', hasEnded, wait).catch(() => this.#child.kill('SIGKILL'));
    if (this.#child.exitCode !== 0) await this.lose();
  }
}

async function firstLineOf(child: ChildProcess): Promise<string> {
  const splitter = new LineSplitter();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let complaint = '';
  const fail = (what: string) =>
    reject(new ReaperError('REAPER_NOT_STARTED', `The reaper ${what}: ${complaint.trim()}`));
  const timer = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  child.stdin?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(0, 4_096);
  });
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    const [line] = splitter.push(piece);
    if (line !== undefined) resolve(line);
  });
  child.once('error', (error) => fail(error.message));
  child.once('close', (code) => fail(`ended at once with exit code ${code}`));
  try {
    return await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
