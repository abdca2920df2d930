/**
 * Starts a process that cannot be left behind: a shell that waits for one line and then becomes the command; the line
 * is sent after the reaper has acknowledged the shell. A harness killed before that leaves a shell that reads the end
 * of its input and goes; killed after that, the reaper ends the group.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Ending, endGroup, isGone } from './end-group.ts';
import { identify, type ProcessIdentity, signalGroup } from './process-group.ts';
import { newMark } from './process-mark.ts';
import { ProcessOutput, type ProcessOutputOptions } from './process-output.ts';
import { type ReaperConnection, ReaperError } from './reaper.ts';

export interface ProcessOptions extends ProcessOutputOptions {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** The whole environment, but for a mark of ours. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** As whom it runs; only root may choose. */
  readonly uid?: number;
  readonly gid?: number;
  readonly reaper: ReaperConnection;
  /** Hears each line that it says. */
  readonly onLine?: (line: string) => void;
  /** @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
  /** How long after the stop signal SIGKILL follows. @default 5000 */
  readonly grace_ms?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * `PROCESS_NOT_STARTED`: the system would not start it. `PROCESS_EXITED`: it ended while something was expected of it.
 * `PROCESS_SILENT`: it lives but did not say what was waited for. `PROCESS_UNSTOPPABLE`: it survived SIGKILL by 5 s.
 * `PROCESS_TOO_SLOW`: a command was not done in its time. The last lines it said are in `tail`.
 */
export class ProcessError extends Error {
  readonly code:
    | 'PROCESS_NOT_STARTED'
    | 'PROCESS_EXITED'
    | 'PROCESS_SILENT'
    | 'PROCESS_UNSTOPPABLE'
    | 'PROCESS_TOO_SLOW';
  readonly tail: readonly string[];
  override readonly name = 'ProcessError';

  constructor(code: ProcessError['code'], message: string, tail: readonly string[] = [], options?: ErrorOptions) {
    const said = tail.slice(-LINES_IN_MESSAGE).join(' | ');
    super(said === '' ? message : `${message}; its last lines: ${said}`, options);
    this.code = code;
    this.tail = tail;
  }
}

const GATE = 'read -r go || exit 1; exec "$@"';
const LINES_IN_MESSAGE = 5;
const TAIL_LINES = 20;
/** A grandchild may hold the output open for ever; the process's own last lines are there long before this. */
const LAST_LINES_MS = 500;

/** "exit code 1" or "signal SIGKILL". */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Started {
  readonly name: string;
  readonly leader: ProcessIdentity;
  readonly child: Child;
  readonly output: ProcessOutput;
  readonly reaper: ReaperConnection;
  readonly ending: Ending;
}

/** A process that runs, or ran. Signals reach its whole group. */
export class RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended and its last lines were read; never rejects. */
  readonly exited: Promise<ProcessExit>;
  readonly #leader: ProcessIdentity;
  readonly #reaper: ReaperConnection;
  readonly #ending: Ending;
  readonly #output: ProcessOutput;
  #hasExited = false;
  #stopped: Promise<void> | undefined;

  /** @internal Use `startProcess`. */
  constructor(started: Started) {
    const { name, leader, child, output, reaper, ending } = started;
    this.name = name;
    this.pid = leader.pid;
    this.#leader = leader;
    this.#reaper = reaper;
    this.#ending = ending;
    this.#output = output;
    this.exited = this.#watch(child);
  }

  /**
   * Ends the group, and who left it: the stop signal, the grace, SIGKILL; then nothing of it is left. May be called again and again.
   * Throws ProcessError with PROCESS_UNSTOPPABLE.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Sends a signal to the group; false when nobody was there to get it. */
  kill(signal: NodeJS.Signals): boolean {
    return signalGroup(this.#leader, signal);
  }

  /** The last lines it said, secrets taken out. */
  tail(count = TAIL_LINES): string[] {
    return this.#output.tail(count);
  }

  /**
   * Resolves with the match in the first line, said before or from now on, that matches.
   * Throws ProcessError: PROCESS_EXITED when the process ends first, PROCESS_SILENT when the time is over.
   * @param waitingFor what messages call that which is waited for
   */
  waitForLine(
    pattern: RegExp,
    { waitingFor, timeout_ms }: { readonly waitingFor: string; readonly timeout_ms: number },
  ): Promise<RegExpExecArray> {
    // A global or sticky pattern remembers where it stood from line to line.
    const anywhere = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const fail = (code: ProcessError['code'], what: string) =>
      reject(new ProcessError(code, `${this.name} ${what} (waiting for ${waitingFor})`, this.tail()));
    const said = this.#output.find(anywhere);
    if (said) return Promise.resolve(said);
    const deafen = this.#output.onLine((line) => {
      const match = anywhere.exec(line);
      if (match) resolve(match);
    });
    const timer = setTimeout(
      () => fail('PROCESS_SILENT', `did not say ${pattern} within ${timeout_ms} ms`),
      timeout_ms,
    );
    this.exited.then((exit) => fail('PROCESS_EXITED', `ended with ${describeExit(exit)} before it said ${pattern}`));
    return promise.finally(() => {
      deafen();
      clearTimeout(timer);
    });
  }

  async #watch(child: Child): Promise<ProcessExit> {
    const closed = once(child, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    this.#hasExited = true;
    const timer = new AbortController();
    const enough = once(timer.signal, 'abort');
    const timeout = setTimeout(() => timer.abort(), LAST_LINES_MS);
    await Promise.race([closed, enough]);
    clearTimeout(timeout);
    if (isGone(this.#leader, this.#ending)) await this.#release();
    return { code, signal };
  }

  async #stop(): Promise<void> {
    const areGone = await endGroup(this.#leader, this.#ending);
    if (!areGone && !this.#hasExited) {
      throw new ProcessError('PROCESS_UNSTOPPABLE', `${this.name} (${this.pid}) is still there 5 s after SIGKILL`);
    }
    await this.exited;
    await this.#release();
    await this.#output.close();
  }

  async #release(): Promise<void> {
    try {
      await this.#reaper.release(this.pid);
    } catch (error) {
      // A reaper that is gone, or that is ending everything, has no use for it.
      if (!(error instanceof ReaperError)) throw error;
    }
  }
}

/**
 * Starts a process in a group of its own, looked after by the reaper, and resolves when the command has been let go.
 * Its standard input is empty. A command that does not exist ends with exit code 127 and says so on stderr.
 * Throws ProcessError (PROCESS_NOT_STARTED), ReaperError.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { name, command, args = [], env = process.env, cwd, uid, gid, reaper } = options;
  const mark = newMark();
  const ending = {
    stopSignal: options.stopSignal ?? 'SIGTERM',
    grace_ms: options.grace_ms ?? 5_000,
    mark: mark.HARNESS_MARK,
  };
  const child = spawn('/bin/sh', ['-c', GATE, name, command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env, ...mark },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  child.stdin.on('error', () => {}); // It ended before it read; 'exit' tells.
  try {
    await once(child, 'spawn');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ProcessError('PROCESS_NOT_STARTED', `${name} could not be started: ${why}`, [], { cause });
  }
  const pid = child.pid as number;
  const leader = identify(pid);
  const output = new ProcessOutput(options);
  try {
    if (!leader) throw new ProcessError('PROCESS_NOT_STARTED', `${name} (${pid}) ended at once`);
    await reaper.adopt(pid, ending);
  } catch (error) {
    child.stdin.destroy(); // The shell reads the end of its input and goes.
    child.stdout.resume();
    child.stderr.resume();
    await output.close();
    throw error;
  }
  if (options.onLine !== undefined) output.onLine(options.onLine);
  output.read(child.stdout);
  output.read(child.stderr);
  const running = new RunningProcess({ name, leader, child, output, reaper, ending });
  child.stdin.end('go\n');
  return running;
}
