/** One generator process's share of a load: it sends what its ticker says is due, and tallies what comes of it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { forkRandom, seededRandom } from '../random/random.ts';
import type { Share } from './arrivals.ts';
import { now_ms } from './clock.ts';
import { HttpSender, type SendFailure } from './http-sender.ts';
import { Listeners } from './listeners.ts';
import type { LoadPlan } from './load-plan.ts';
import { RequestFiller } from './request-filler.ts';
import { Tally } from './tally.ts';
import type { Tick, TickerData } from './ticker.ts';

/** Beside what the sender says: `not-heard`, the answer came, and a listener did not hear of it in time. */
export type FailureReason = SendFailure | 'not-heard';

/** A request under way. */
interface Operation {
  readonly due_ms: number;
  readonly tally: Tally;
  answered: boolean;
  /** Listeners that have not heard of it. */
  unheard: number;
  /** Ends the wait for the listeners. */
  readonly timer: NodeJS.Timeout | undefined;
}

export class Generator {
  readonly #plan: LoadPlan;
  readonly #share: Share;
  readonly #tally = new Tally();
  /** Of what was due while warming up; it is thrown away. */
  readonly #warmUpTally = new Tally();
  readonly #sender: HttpSender;
  readonly #listeners: Listeners | undefined;
  readonly #filler: RequestFiller;
  readonly #tickerSeed: number;
  /** By id; never more than arrive within one time-out. */
  readonly #operations = new Map<string, Operation>();
  readonly #idle = Promise.withResolvers<void>();
  #warm_ms = 0;
  #over = false;

  constructor(plan: LoadPlan, share: Share) {
    this.#plan = plan;
    this.#share = share;
    this.#sender = new HttpSender(plan.origin, plan.connections, plan.timeout_ms);
    this.#listeners = plan.listeners && new Listeners(plan.listeners);
    const random = seededRandom(plan.seed + share.index);
    this.#filler = new RequestFiller(forkRandom(random), plan.request.choices);
    this.#tickerSeed = Math.floor(random() * 2 ** 32);
  }

  /** Resolves when every listener is ready. @throws LoadError `LISTENERS_NOT_READY` */
  async prepare(): Promise<void> {
    await this.#listeners?.open((id) => this.#heard(id));
  }

  /** Sends all of its share, and resolves when each request has succeeded or failed. */
  async run(): Promise<Tally> {
    const cpu = process.cpuUsage();
    const start_ms = now_ms();
    const { arrivals, warmUp_ms = 0 } = this.#plan;
    this.#warm_ms = start_ms + warmUp_ms;
    const duration_ms = warmUp_ms + this.#plan.duration_ms;
    const workerData: TickerData = { arrivals, duration_ms, share: this.#share, seed: this.#tickerSeed, start_ms };
    const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { workerData });
    ticker.on('message', (tick: Tick) => {
      if (tick === 'over') this.#over = true;
      else for (const due_ms of tick) this.#begin(due_ms);
      this.#lookIfDone();
    });
    ticker.on('error', (error) => this.#idle.reject(error));
    await Promise.all([this.#idle.promise, once(ticker, 'exit')]);
    const { user, system } = process.cpuUsage(cpu);
    this.#tally.bootCpu_ms = (cpu.user + cpu.system) / 1_000;
    this.#tally.cpu_ms = (user + system) / 1_000;
    this.#tally.duration_ms = now_ms() - this.#warm_ms;
    return this.#tally;
  }

  async close(): Promise<void> {
    this.#listeners?.close();
    await this.#sender.close();
  }

  #begin(due_ms: number): void {
    const { request, timeout_ms, listeners } = this.#plan;
    const tally = due_ms < this.#warm_ms ? this.#warmUpTally : this.#tally;
    tally.scheduled += 1;
    tally.lags.record(now_ms() - due_ms);
    const id = this.#filler.drawId();
    const fill = this.#filler.filler(id);
    const deadline_ms = due_ms + timeout_ms;
    this.#operations.set(id, {
      due_ms,
      tally,
      answered: false,
      unheard: listeners?.count ?? 0,
      timer: listeners && setTimeout(() => this.#giveUpListening(id), deadline_ms - now_ms()),
    });
    this.#sender.send({
      method: request.method,
      path: fill(request.path),
      headers: request.headers ?? {},
      body: request.body === undefined ? null : fill(request.body),
      status: request.status,
      deadline_ms,
      taken: () => {
        tally.sent += 1;
      },
      done: (failure) => this.#answered(id, failure),
    });
  }

  #answered(id: string, failure: SendFailure | undefined): void {
    const operation = this.#operations.get(id);
    if (operation === undefined) return;
    operation.answered = true;
    if (failure !== undefined) this.#fail(id, operation, failure);
    else {
      operation.tally.latencies.record(now_ms() - operation.due_ms);
      this.#succeedIfWhole(id, operation);
    }
  }

  #heard(id: string): void {
    const operation = this.#operations.get(id);
    // Another process's, or one that failed already.
    if (operation === undefined || operation.unheard === 0) return;
    operation.tally.arrivals.record(now_ms() - operation.due_ms);
    operation.unheard -= 1;
    this.#succeedIfWhole(id, operation);
  }

  #giveUpListening(id: string): void {
    const operation = this.#operations.get(id);
    // Without an answer the sender tells the reason, at the same moment.
    if (operation?.answered) this.#fail(id, operation, 'not-heard');
  }

  #fail(id: string, operation: Operation, reason: FailureReason): void {
    const { timeout_ms } = this.#plan;
    const { tally, unheard } = operation;
    if (reason !== 'not-heard') tally.latencies.record(timeout_ms);
    for (let listener = 0; listener < unheard; listener += 1) tally.arrivals.record(timeout_ms);
    tally.fail(reason);
    this.#end(id, operation);
  }

  #succeedIfWhole(id: string, operation: Operation): void {
    if (!operation.answered || operation.unheard > 0) return;
    operation.tally.succeeded += 1;
    this.#end(id, operation);
  }

  #end(id: string, { timer }: Operation): void {
    clearTimeout(timer);
    this.#operations.delete(id);
    this.#lookIfDone();
  }

  #lookIfDone(): void {
    if (this.#over && this.#operations.size === 0) this.#idle.resolve();
  }
}
