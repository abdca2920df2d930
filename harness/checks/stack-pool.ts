/** Keeps the stacks of one worker: boots one when none is free, takes them back reset, ends them all. */
import { environmentOf } from '../mutants/environment.ts';
import type { ReaperConnection } from '../processes/reaper.ts';
import type { Arm } from '../schema/entry.ts';
import { before } from './deadline.ts';
import type { RunContext } from './run-context.ts';
import type { BootedStack, StackDefinition } from './stack.ts';
import { StackLogs } from './stack-logs.ts';

/** How long a stack may take to boot, to reset or to stop: on a busy machine too, where it fills a database by the million. */
export const STACK_TIMEOUT_MS = 180_000;

export interface StackPoolOptions {
  readonly run: Pick<RunContext, 'arms' | 'components' | 'change'>;
  readonly reaper: ReaperConnection;
  readonly logFolder: string;
  /** Makes names unique among workers. */
  readonly worker: string;
}

export class StackPool {
  readonly #options: StackPoolOptions;
  readonly #idle = new Map<string, BootedStack<unknown>[]>();
  readonly #all = new Set<BootedStack<unknown>>();
  readonly #logs = new WeakMap<BootedStack<unknown>, StackLogs>();
  #booted = 0;

  constructor(options: StackPoolOptions) {
    this.#options = options;
  }

  /**
   * A stack of this definition and arm for the caller alone, until `release` or `discard`.
   * @param hear is given its logs before it boots: of one that does not boot too
   */
  async acquire<Services>(
    definition: StackDefinition<Services>,
    arm: Arm,
    hear: (logs: StackLogs) => void = () => {},
  ): Promise<BootedStack<Services>> {
    const idle = this.#idle.get(`${definition.id}-${arm}`)?.pop();
    if (idle !== undefined) {
      const logs = this.#logs.get(idle);
      if (logs !== undefined) hear(logs);
      return idle as BootedStack<Services>;
    }
    const { run, reaper, logFolder, worker } = this.#options;
    const name = `${definition.id}-${arm}-${worker}-${this.#booted}`;
    this.#booted += 1;
    const logs = new StackLogs(logFolder, name);
    hear(logs);
    const stack = await definition.boot({
      arm,
      release: run.arms[arm],
      components: run.components,
      environment: run.change === undefined || arm === 'baseline' ? {} : environmentOf(run.change),
      reaper,
      logFolder,
      name,
    });
    this.#all.add(stack);
    this.#logs.set(stack, logs);
    return stack;
  }

  /** Resets the stack for the next check; one that cannot be reset is ended. */
  async release<Services>(
    definition: StackDefinition<Services>,
    arm: Arm,
    stack: BootedStack<Services>,
  ): Promise<void> {
    try {
      await stack.reset();
    } catch {
      await this.discard(stack);
      return;
    }
    const key = `${definition.id}-${arm}`;
    this.#idle.set(key, [...(this.#idle.get(key) ?? []), stack]);
  }

  /** Ends a stack, once: a run that is cut short ends all of them, and then the check that still had one gives it back. */
  async discard(stack: BootedStack<unknown>): Promise<void> {
    if (this.#all.delete(stack)) await stack.stop();
  }

  async stopAll(): Promise<void> {
    const stopping = [...this.#all].map((stack) => before('a stack stops', STACK_TIMEOUT_MS, this.discard(stack)));
    this.#idle.clear();
    await Promise.all(stopping);
  }
}
