/** `npm run migrate`, as an operator runs it: a process of its own, that can be killed. */
import { fileURLToPath } from 'node:url';
import type { ReaperConnection } from '../../../harness/processes/reaper.ts';
import { describeExit, type RunningProcess, startProcess } from '../../../harness/processes/run-process.ts';
import { waitUntil } from '../../../harness/processes/wait.ts';

const main = fileURLToPath(new URL('../../../impl/database/main.ts', import.meta.url));
const LINES = 200;

export interface MigratorProcessOptions {
  readonly postgresUrl: string;
  /** How a planted change reaches it. */
  readonly planted: Readonly<Record<string, string>>;
  readonly reaper: ReaperConnection;
}

export class MigratorProcess {
  readonly #process: RunningProcess;

  private constructor(running: RunningProcess) {
    this.#process = running;
  }

  /** @param command `['up', '--lock-timeout', '500']` @throws ProcessError, ReaperError */
  static async start(
    command: readonly string[],
    { postgresUrl, planted, reaper }: MigratorProcessOptions,
  ): Promise<MigratorProcess> {
    return new MigratorProcess(
      await startProcess({
        name: `migrate ${command.join(' ')}`,
        command: process.execPath,
        args: [main, ...command],
        env: { PATH: process.env.PATH ?? '', TARS_POSTGRES_URL: postgresUrl, ...planted },
        reaper,
      }),
    );
  }

  /** The last 200 lines that it said, on both streams. */
  said(): string {
    return this.#process.tail(LINES).join('\n');
  }

  /** Resolves when it has said a line that matches. @throws ProcessError when it ends first, or within 30 s does not */
  async saying(pattern: RegExp): Promise<void> {
    await this.#process.waitForLine(pattern, { waitingFor: `the migrator to say ${pattern}`, timeout_ms: 30_000 });
  }

  /** SIGKILL, which it cannot see. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process.exited;
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  /** Resolves with "exit code 0" or how else it ended. @throws WaitTimeoutError */
  async end(timeout_ms: number): Promise<string> {
    let ended: string | undefined;
    void this.#process.exited.then((exit) => {
      ended = describeExit(exit);
    });
    return waitUntil(`${this.#process.name} to end`, () => ended, { timeout_ms });
  }

  /** Ends it, however it stands. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

export const RIGHT_END = 'exit code 0';
