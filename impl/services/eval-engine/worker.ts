/**
 * Works off the jobs, one at a time: evaluate, commit, acknowledge, in this order, so that a crash anywhere repeats a
 * job and the commit makes the repetition harmless.
 *
 * A job's failure counts against the job; the absence of PostgreSQL or Redis, a wrong schema or a missing right does not:
 * the engine waits, job in hand.
 */
import pg, { type Pool } from 'pg';
import type { Logger } from 'pino';
import { type EvaluationJob, MalformedJobError, parseJob } from '../jobs.ts';
import { isPostgresAway, isRefusedByPostgres } from '../postgres.ts';
import { isRedisAway } from '../redis.ts';
import { backOff } from './back-off.ts';
import { evaluate } from './evaluation.ts';
import { commitEvaluation, type Outcome } from './evaluations-table.ts';
import type { Delivery, JobQueue } from './job-queue.ts';

/** Failures after which a job is given up. */
export const attempts_max = 5;

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly postgres: Pool;
  readonly logger: Logger;
  /** Longest wait before a server that is away is asked again. */
  readonly backOff_ms_max: number;
  /** Hears of each evaluation that this engine committed. */
  readonly onCommitted: (job: EvaluationJob, outcome: Outcome) => void;
}

function isNoFaultOfTheJob(error: unknown): boolean {
  return error instanceof pg.DatabaseError ? !isRefusedByPostgres(error) : isPostgresAway(error);
}

/** The engine finishes while it waits for a server; the job in hand stays in the queue. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code = 'ERR_STOPPED';
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Begins as soon as PostgreSQL and Redis answer, and tells by `onReady`. */
  start(onReady: () => void): void {
    this.#running ??= this.#run(onReady).catch((error) => {
      if (!(error instanceof StoppedError)) throw error;
    });
  }

  /** Ends after the job at hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(onReady: () => void): Promise<void> {
    const { postgres, queue } = this.#options;
    // No job is taken before its result could be committed: taking it is an attempt.
    await this.#persist('PostgreSQL', isPostgresAway, () => postgres.query('SELECT 1'));
    await this.#persist('Redis', isRedisAway, () => queue.prepare());
    onReady();
    while (!this.#stopping.signal.aborted) {
      const delivery = await this.#persist('Redis', isRedisAway, () => queue.next());
      if (delivery === undefined) continue;
      const letGo = queue.hold(delivery);
      await this.#work(delivery).finally(letGo);
    }
  }

  async #work(delivery: Delivery): Promise<void> {
    const { queue, logger } = this.#options;
    const { entry, attempt } = delivery;
    let job: EvaluationJob;
    try {
      job = parseJob(delivery.text);
    } catch (err) {
      if (!(err instanceof MalformedJobError)) throw err;
      logger.error({ err, entry }, 'a malformed job is given up');
      return this.#persist('Redis', isRedisAway, () => queue.bury(delivery, `${err.code}: ${err.message}`));
    }
    const begun_ms = performance.now();
    try {
      if (attempt > attempts_max) throw new Error(`${attempt - 1} attempts ended without a result`);
      const reward = evaluate(job);
      await this.#commit(job, { status: 'completed', reward, duration_ms: performance.now() - begun_ms });
      await this.#persist('Redis', isRedisAway, () => queue.acknowledge(delivery));
    } catch (err) {
      if (err instanceof StoppedError) throw err;
      if (attempt < attempts_max) {
        logger.warn({ err, entry, attempt, evaluation: job.id }, 'a job failed; it will be attempted again');
        return;
      }
      const standing = await this.#commitFailure(job, performance.now() - begun_ms);
      if (standing === 'completed') {
        logger.info({ entry, evaluation: job.id }, 'the result had been committed before: the job is settled');
        return this.#persist('Redis', isRedisAway, () => queue.acknowledge(delivery));
      }
      logger.error({ err, entry, attempt, evaluation: job.id }, 'a job is given up');
      const { code, message } = err as NodeJS.ErrnoException;
      const reason = code === undefined ? message : `${code}: ${message}`;
      await this.#persist('Redis', isRedisAway, () => queue.bury(delivery, reason));
    }
  }

  /** @returns the status of the evaluation that stands now */
  async #commit(job: EvaluationJob, outcome: Outcome): Promise<Outcome['status']> {
    const { postgres, onCommitted } = this.#options;
    const commit = () => commitEvaluation(postgres, job, outcome);
    const { status, committed } = await this.#persist('PostgreSQL', isNoFaultOfTheJob, commit);
    if (committed) onCommitted(job, outcome);
    return status;
  }

  /** Who queued the job learns of its failure like of a result; if even that is refused, the dead job remains. */
  async #commitFailure(job: EvaluationJob, duration_ms: number): Promise<Outcome['status']> {
    try {
      return await this.#commit(job, { status: 'failed', reward: null, duration_ms });
    } catch (err) {
      if (err instanceof StoppedError) throw err;
      this.#options.logger.error({ err, evaluation: job.id }, 'the failure could not be committed');
      return 'failed';
    }
  }

  /** Repeats what fails because a server is away. @throws StoppedError */
  async #persist<T>(server: string, isAway: (error: unknown) => boolean, action: () => Promise<T>): Promise<T> {
    const { logger, backOff_ms_max } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await action();
      } catch (err) {
        if (!isAway(err)) throw err;
        if (signal.aborted) throw new StoppedError(`stopped while ${server} was away`);
        if (attempt === 1) logger.warn({ err }, `${server} is away; the engine waits`);
        await backOff(attempt, backOff_ms_max, signal);
      }
    }
  }
}
