/** Runs the checks of a scope in Vitest, a project a lane, and tells what happens as it happens. Runs in the CLI process. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type Reporter, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import { changePlugin } from '../mutants/vite-plugin.ts';
import { EntryWriter } from '../observations/entry-writer.ts';
import { readEntries } from '../observations/read-entries.ts';
import { redactor } from '../processes/redaction.ts';
import { FILES } from '../run-folder/files.ts';
import type { Entry } from '../schema/entry.ts';
import type { Lane } from '../schema/scope.ts';
import { countBatch, emptyTally, type Tally } from '../schema/tally.ts';
import type { DiscoveredCheck } from './discover.ts';
import { executionsOf, nameOf } from './executions.ts';
import { longestFirst } from './longest-first.ts';
import type { Execution, RunContext } from './run-context.ts';

export interface CheckListener {
  started(execution: Execution): void;
  /** `voided`: how often its pair was made again meanwhile, because the generator had spoilt it. */
  ended(execution: Execution, status: 'completed' | 'error', duration_ms: number, voided: number): void;
  /** It will not be made: its measured check has ended. */
  unneeded(execution: Execution): void;
}

export interface RunChecksOptions {
  readonly root: string;
  readonly run: RunContext;
  readonly checks: readonly DiscoveredCheck[];
  readonly listener: CheckListener;
  /** Aborted to end the run early; the executions under way are given `grace_ms`, then left to the reaper. */
  readonly signal: AbortSignal;
  /** @default 2_000 */
  readonly grace_ms?: number;
}

/**
 * Lanes that run side by side come first; `timing` has the machine to itself afterwards, one file at a time. Four at once,
 * though most of them mostly wait: they begin with hundreds of clients, and six files of those at once on two cores held
 * each other up for seconds.
 */
const LANE_ORDER: Record<Lane, { groupOrder: number; maxWorkers: number }> = {
  functional: { groupOrder: 0, maxWorkers: 4 },
  waiting: { groupOrder: 0, maxWorkers: 4 },
  timing: { groupOrder: 1, maxWorkers: 1 },
};

/** Resolves when every check has ended or the signal's grace is over. What was recorded is in the run folder. */
export async function runChecks(options: RunChecksOptions): Promise<void> {
  if (options.checks.length === 0) return;
  const reporter = new ListeningReporter(options.listener);
  const vitest = await startVitest(options, reporter);
  const aborted = new Promise<void>((resolve) => {
    const stop = () => {
      void vitest.cancelCurrentRun('keyboard-input');
      setTimeout(resolve, options.grace_ms ?? 2_000);
    };
    if (options.signal.aborted) stop();
    else options.signal.addEventListener('abort', stop, { once: true });
  });
  const finished = vitest.start().then(() => vitest.close());
  await Promise.race([finished, aborted]);
  if (options.signal.aborted) return;
  await recordLostExecutions(options.run, reporter);
  // Of a module too: a stack that cannot be taken down after the last check fails nobody's execution.
  recordTrouble(options.run.runFolder, [...vitest.state.getUnhandledErrors(), ...reporter.moduleErrors]);
}

function startVitest({ root, run, checks }: RunChecksOptions, reporter: Reporter): Promise<Vitest> {
  const log = createWriteStream(join(run.runFolder, FILES.logs, 'checks.log'));
  log.on('error', () => {}); // A log that is lost, on a full disk say, must not end the run.
  const lanes = Map.groupBy(checks, (check) => check.options.lane);
  const projects = [...lanes].map(([lane, inLane]) => ({
    plugins: run.change === undefined ? [] : [changePlugin(run.change)],
    test: {
      name: lane,
      root,
      include: [...new Set(inLane.map((check) => literal(check.file)))],
      exclude: [],
      setupFiles: [fileURLToPath(new URL('./vitest-worker.ts', import.meta.url))],
      provide: { run },
      pool: 'forks' as const,
      maxWorkers: LANE_ORDER[lane].maxWorkers,
      maxConcurrency: 64,
      // The cache would give back the module as it was before the change, and keep the changed one for later.
      ...(run.change === undefined ? {} : { fsModuleCache: false }),
      sequence: { groupOrder: LANE_ORDER[lane].groupOrder },
      testTimeout: 0,
      hookTimeout: 0,
    },
  }));
  return keepingOwnSignalHandlers(() =>
    createVitest(
      {
        root,
        config: false,
        watch: false,
        reporters: [reporter],
        projects,
        sequence: { sequencer: longestFirst(checks) },
      },
      { clearScreen: false, logLevel: 'silent' },
      { stdout: log, stderr: log },
    ),
  );
}

/** A path as a glob that matches only itself. */
function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

/** Vitest exits the process on a signal or an unhandled rejection; a run must write its partial report first. */
async function keepingOwnSignalHandlers<T>(start: () => Promise<T>): Promise<T> {
  const events = ['SIGINT', 'SIGTERM', 'unhandledRejection'] as const;
  const refuse = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    // Node tells of a listener before it adds it. Taken off before any signal can arrive.
    if (events.includes(event as 'SIGINT')) queueMicrotask(() => process.off(event, listener));
  };
  process.on('newListener', refuse);
  try {
    return await start();
  } finally {
    process.off('newListener', refuse);
  }
}

class ListeningReporter implements Reporter {
  /** Why check files could not be loaded. */
  readonly moduleErrors: unknown[] = [];
  /** Names of the executions that were not made because they were not needed. */
  readonly unneeded = new Set<string>();
  readonly #listener: CheckListener;

  constructor(listener: CheckListener) {
    this.#listener = listener;
  }

  onTestModuleEnd(module: TestModule): void {
    this.moduleErrors.push(...module.errors());
  }

  onTestCaseReady(testCase: TestCase): void {
    this.#listener.started(executionOf(testCase));
  }

  onTestCaseResult(testCase: TestCase): void {
    const execution = executionOf(testCase);
    const { status = 'error', voided = 0 } = testCase.meta();
    if (status === 'unneeded') {
      this.unneeded.add(nameOf(execution));
      this.#listener.unneeded(execution);
    } else this.#listener.ended(execution, status, testCase.diagnostic()?.duration ?? 0, voided);
  }
}

/** The meta data arrives only with the result; until then the name tells. */
function executionOf(testCase: TestCase): Execution {
  const [check = '', arm, replicate] = testCase.name.split(' · ');
  return { check, arm: arm === 'baseline' ? 'baseline' : 'candidate', replicate: Number(replicate) };
}

/** Writes `check-ended: error` for executions that left none: their file did not load, or their worker died. */
async function recordLostExecutions(run: RunContext, reporter: ListeningReporter): Promise<void> {
  const path = join(run.runFolder, FILES.observations);
  const { entries } = await readEntries(path);
  const writer = new EntryWriter(path);
  for (const execution of run.checks.flatMap((check) => executionsOf(check, run.seed))) {
    if (reporter.unneeded.has(nameOf(execution))) continue;
    const { check, arm, replicate } = execution;
    const all = entries.filter(
      (entry) => 'check' in entry && entry.check === check && entry.arm === arm && entry.replicate === replicate,
    );
    const last = Math.max(0, ...all.map(attemptOf));
    const ofLast = all.filter((entry) => attemptOf(entry) === last);
    const end = ofLast.find((entry) => entry.type === 'check-ended');
    if (end !== undefined && end.status !== 'voided') continue;
    // A voided one was to be made again: it is that attempt that was lost.
    const attempt = end === undefined ? last : last + 1;
    const own = end === undefined ? ofLast : [];
    writer.append({
      type: 'check-ended',
      ...execution,
      ...(attempt === 0 ? {} : { attempt }),
      at: new Date().toISOString(),
      status: 'error',
      duration_ms: 0,
      endedBy: 'harness',
      error: `the check did not end by itself: ${reporter.moduleErrors.map(messageOf).join('; ') || 'its worker died or its file did not load'} (see ${FILES.logs}/checks.log)`,
      tally: tallyOf(own),
    });
  }
  writer.close();
}

function attemptOf(entry: Entry): number {
  return 'attempt' in entry ? (entry.attempt ?? 0) : 0;
}

function tallyOf(entries: readonly Entry[]): Tally {
  const tally = emptyTally();
  for (const entry of entries) {
    if (entry.type === 'fact') tally.facts += 1;
    else if (entry.type === 'observation') countBatch(tally, entry.measure, entry.values);
  }
  return tally;
}

/** What broke outside of every check: nothing says whom it concerns, so the whole run is not known. */
function recordTrouble(runFolder: string, unhandled: readonly unknown[]): void {
  const writer = new EntryWriter(join(runFolder, FILES.observations));
  for (const error of unhandled) {
    writer.append({
      type: 'trouble',
      at: new Date().toISOString(),
      says: `an error that no check caught: ${messageOf(error)}`,
    });
  }
  writer.close();
}

function messageOf(error: unknown): string {
  return redactor()((error as { message?: string }).message ?? String(error));
}
