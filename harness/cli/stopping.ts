/** Why and how a run stops before its end: signals, the deadline, the first failure. */
import { EXIT } from '../schema/verdict.ts';

export type StopReason =
  | { readonly how: 'interrupted'; readonly exitCode: number }
  | { readonly how: 'deadline' | 'bailed' };

/**
 * One Ctrl-C may arrive twice: from the terminal, and from npm, which passes on what it got itself. A person does not
 * press it again within this time.
 */
const SAME_SIGNAL_MS = 500;

export class Stopping {
  readonly #controller = new AbortController();
  #deadline: NodeJS.Timeout | undefined;
  #reason: StopReason | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while nothing has asked the run to stop. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  /** Stops the run after this many milliseconds from now. */
  setDeadline(deadline_ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.stop({ how: 'deadline' }), deadline_ms);
  }

  /** The first signal stops the run in order, the second ends the process at once; the reaper clears up either way. */
  listenForSignals(say: (text: string) => void): Disposable {
    const codes = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;
    let first_ms: number | undefined;
    const listeners = Object.entries(codes).map(([signal, exitCode]) => {
      const listener = () => {
        const now_ms = performance.now();
        if (first_ms !== undefined) {
          if (now_ms - first_ms >= SAME_SIGNAL_MS) process.exit(exitCode);
          return;
        }
        first_ms = now_ms;
        say(`${signal}: stopping, the report will be partial; once more ends at once`);
        this.stop({ how: 'interrupted', exitCode });
      };
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    return {
      [Symbol.dispose]: () => {
        clearTimeout(this.#deadline);
        for (const remove of listeners) remove();
      },
    };
  }
}
