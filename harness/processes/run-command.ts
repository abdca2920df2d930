/** Runs a command to its end, looked after by the reaper like every other process. */
import { describeExit, ProcessError, type ProcessExit, type ProcessOptions, startProcess } from './run-process.ts';

export interface CommandOptions extends ProcessOptions {
  readonly timeout_ms: number;
  /** Stops the command and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves when the command has ended with exit code 0.
 * Throws ProcessError: PROCESS_EXITED for any other end, PROCESS_TOO_SLOW at the deadline, PROCESS_NOT_STARTED.
 */
export async function runCommand({ timeout_ms, signal, ...options }: CommandOptions): Promise<void> {
  signal?.throwIfAborted();
  const running = await startProcess(options);
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<'late' | 'aborted'>();
  const timer = setTimeout(() => interrupt('late'), timeout_ms);
  const abort = () => interrupt('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort(); // It was aborted while the process was being started.
  let end: ProcessExit | 'late' | 'aborted';
  try {
    end = await Promise.race([running.exited, interrupted]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    await running.stop();
  }
  if (end === 'aborted') throw signal?.reason;
  if (end === 'late') {
    throw new ProcessError('PROCESS_TOO_SLOW', `${options.name} was not done within ${timeout_ms} ms`, running.tail());
  }
  if (end.code !== 0) {
    throw new ProcessError('PROCESS_EXITED', `${options.name} ended with ${describeExit(end)}`, running.tail());
  }
}
