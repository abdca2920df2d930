/** One execution of a check: its context, its deadline, and the entries it leaves whatever happens in it. */
import { LoadError } from '../load/load-plan.ts';
import type { EntryWriter } from '../observations/entry-writer.ts';
import type { ReaperConnection } from '../processes/reaper.ts';
import { redactor } from '../processes/redaction.ts';
import { seededRandom } from '../random/random.ts';
import { countBatch, emptyTally } from '../schema/tally.ts';
import { type CheckContext, type CheckDefinition, CheckError } from './check-definition.ts';
import { before } from './deadline.ts';
import type { Execution, RunContext } from './run-context.ts';
import { deriveSeed } from './seed.ts';
import type { BootedStack } from './stack.ts';
import type { StackLogs } from './stack-logs.ts';
import { STACK_TIMEOUT_MS, type StackPool } from './stack-pool.ts';

/** Longest error text kept in an entry; the logs have the rest. */
const ERROR_CHARACTERS = 4_000;

/** What a check says goes into reports, and is the product's text as much as a log is. */
const redact = redactor();
/** What the executions of one worker share. */
export interface Workplace {
  readonly run: RunContext;
  readonly writer: EntryWriter;
  readonly pool: StackPool;
  readonly reaper: ReaperConnection;
}

/** What an execution came to; `voided` only where it may be made again. */
export type Outcome = 'completed' | 'error' | 'voided';

export interface Attempt {
  /** How often its pair was made before. */
  readonly attempt: number;
  /** Whether it is `voided`, and no error, when the load generator spoilt it by its own lateness. */
  readonly mayBeVoided: boolean;
}

/** Runs the check once and writes `check-started`, what it records, and `check-ended`. Never rejects. */
export async function execute(
  definition: CheckDefinition,
  planned: Execution,
  workplace: Workplace,
  { attempt, mayBeVoided }: Attempt = { attempt: 0, mayBeVoided: false },
): Promise<Outcome> {
  const { writer } = workplace;
  const execution = attempt === 0 ? planned : { ...planned, attempt };
  const started = performance.now();
  writer.append({ type: 'check-started', ...execution, at: new Date().toISOString() });
  const recorder = new Recorder(definition, execution, writer);
  let error: unknown;
  let atWork = false;
  let logs: StackLogs | undefined;
  const hear = (own: StackLogs) => {
    logs = own;
  };
  try {
    await withStack(definition, planned, workplace.pool, hear, async (stack) => {
      atWork = true;
      await runWithDeadline(definition, contextOf(stack, definition, planned, workplace, recorder));
      atWork = false;
    });
  } catch (thrown) {
    error = thrown ?? new Error('the check threw nothing');
  }
  recorder.close();
  const written = logs?.grown() ?? [];
  const status = error === undefined ? 'completed' : mayBeVoided && isLate(error) ? 'voided' : 'error';
  writer.append({
    type: 'check-ended',
    ...execution,
    at: new Date().toISOString(),
    status,
    duration_ms: Math.round(performance.now() - started),
    ...(error === undefined ? {} : { error: describe(error) }),
    ...(error === undefined || atWork ? {} : { endedBy: 'harness' }),
    ...(written.length === 0 ? {} : { logs: written }),
    tally: recorder.tally,
  });
  return status;
}

/** The one thing that spoils a measurement and is not the release's doing. */
function isLate(error: unknown): boolean {
  return error instanceof LoadError && error.code === 'GENERATOR_LATE';
}

type ContextParts = Omit<CheckContext<unknown>, 'signal'>;

function contextOf(
  stack: unknown,
  definition: CheckDefinition,
  execution: Execution,
  { run, reaper }: Workplace,
  recorder: Recorder,
): ContextParts {
  const { arm, replicate } = execution;
  const seed = deriveSeed(run.seed, definition.id, arm, replicate);
  return {
    stack,
    arm,
    replicate,
    seed,
    release: run.arms[arm],
    profile: run.profile,
    reaper,
    random: seededRandom(seed),
    commonRandom: seededRandom(deriveSeed(run.seed, definition.id, 'both', replicate)),
    observe: recorder.observe,
    fact: recorder.fact,
  };
}

async function withStack(
  { options }: CheckDefinition,
  { arm }: Execution,
  pool: StackPool,
  hear: (logs: StackLogs) => void,
  use: (stack: unknown) => Promise<void>,
): Promise<void> {
  const definition = options.stack;
  if (definition === undefined) return use(undefined);
  const stack: BootedStack<unknown> = await before(
    `stack ${definition.id} boots`,
    STACK_TIMEOUT_MS,
    pool.acquire(definition, arm, hear),
  );
  let whole = false;
  try {
    await use(stack.services);
    whole = true;
  } finally {
    const giveBack = whole && !options.destroysStack ? pool.release(definition, arm, stack) : pool.discard(stack);
    await before(`stack ${definition.id} is given back`, STACK_TIMEOUT_MS, giveBack);
  }
}

async function runWithDeadline(definition: CheckDefinition, parts: ContextParts): Promise<void> {
  const controller = new AbortController();
  const { timeout_ms } = definition.options;
  // What a check throws in a callback, or in a promise nobody awaits, is the check's error too.
  const { promise: astray, reject } = Promise.withResolvers<never>();
  process.on('uncaughtException', reject).on('unhandledRejection', reject);
  try {
    const run = definition.run({ ...parts, signal: controller.signal });
    await before(`check ${definition.id} ends`, timeout_ms, Promise.race([run, astray]));
  } finally {
    process.off('uncaughtException', reject).off('unhandledRejection', reject);
    controller.abort();
  }
}

/** Writes what a check records, counts it, refuses what was not declared, and tells of what comes too late. */
class Recorder {
  readonly tally = emptyTally();
  readonly #definition: CheckDefinition;
  readonly #execution: Execution & { readonly attempt?: number };
  readonly #writer: EntryWriter;
  #closed = false;

  constructor(definition: CheckDefinition, execution: Execution, writer: EntryWriter) {
    this.#definition = definition;
    this.#execution = execution;
    this.#writer = writer;
  }

  /** Nothing is recorded after `check-ended`: an execution that passed its deadline may still be running. */
  close(): void {
    this.#closed = true;
  }

  readonly observe: ContextParts['observe'] = (measure, values, { t0 = new Date(), factor, point } = {}) => {
    const { measures } = this.#definition.options;
    const unit = Object.hasOwn(measures, measure) ? measures[measure] : undefined;
    if (unit === undefined) throw this.#undeclared(`measure ${measure}`);
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined)
      throw new CheckError(
        'not-finite',
        `${this.#definition.id}: a value of ${measure} is ${wrong}; a number was expected`,
      );
    if (factor !== undefined && !(factor > 0 && Number.isFinite(factor))) {
      throw new CheckError(
        'not-finite',
        `${this.#definition.id}: the factor of ${measure} is ${factor}; a number above 0 was expected`,
      );
    }
    if (point !== undefined && !(point.value > 0 && Number.isFinite(point.value))) {
      throw new CheckError(
        'not-finite',
        `${this.#definition.id}: ${measure} was measured at ${point.value} ${point.unit}; a number above 0 was expected`,
      );
    }
    if (this.#closed) return this.#tellLate(measure);
    const block = this.tally.measures[measure]?.observations ?? 0;
    this.#writer.append({
      type: 'observation',
      ...this.#execution,
      measure,
      unit,
      block,
      t0: t0.toISOString(),
      values: [...values],
      ...(factor === undefined ? {} : { factor }),
      ...(point === undefined ? {} : { point }),
    });
    countBatch(this.tally, measure, values);
  };

  readonly fact: ContextParts['fact'] = (name, holds, evidence) => {
    if (!this.#definition.options.facts.includes(name)) throw this.#undeclared(`fact "${name}"`);
    if (this.#closed) return this.#tellLate(name);
    this.#writer.append({
      type: 'fact',
      ...this.#execution,
      name,
      holds,
      ...(evidence === undefined ? {} : { evidence: redact(evidence) }),
    });
    this.tally.facts += 1;
  };

  #tellLate(what: string): void {
    const { check, arm } = this.#execution;
    this.#writer.append({
      type: 'trouble',
      at: new Date().toISOString(),
      says: `${check} on the ${arm} recorded "${what}" after its end`,
    });
  }

  #undeclared(what: string): CheckError {
    return new CheckError('undeclared', `${this.#definition.id} recorded ${what}, which it did not declare`);
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return redact(text).slice(0, ERROR_CHARACTERS);
}
