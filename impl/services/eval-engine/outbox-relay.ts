/**
 * Moves committed events from the outbox to the event log, each once and in the order of their commits.
 *
 * One relay leads at a time, by a session lock of PostgreSQL. It appends strictly one event after the other, with its
 * outbox id as sequence, and deletes events only when they stand in the log. Killed in between, its successor appends
 * them again and the log knows them by their sequence. With each deletion it keeps which was the last of its channel: by
 * that a successor that has seen nothing itself can tell whether a log server that restarted has lost any. An older leader that has not yet noticed the loss of its session
 * can for the same reason only repeat.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { backOff } from './back-off.ts';
import { outboxNotification } from './evaluations-table.ts';

/** What the relay needs of the event log. */
export interface AppendableLog {
  append(
    channel: string,
    sequence: number,
    payload: string,
    source: string,
    confirmed: number | undefined,
  ): Promise<{ duplicate: boolean }>;
}

export interface OutboxRelayOptions {
  /** A new, unconnected client, whose session ends when it is silent for longer than the relay ever is. */
  readonly createClient: () => Client;
  readonly log: AppendableLog;
  readonly logger: Logger;
  /** Longest wait before a server that is away is asked again. */
  readonly backOff_ms_max: number;
  /** Hears of each event that was appended now. */
  readonly onAppended: (event: { duplicate: boolean }) => void;
}

interface OutboxRow {
  id: string;
  channel: string;
  payload: string;
  /**
   * Whose ids these are: the cluster, its timeline and the table. All three are others when ids may have gone back, after
   * a dump, a backup or a replica took the place of what was there.
   */
  source: string;
  /** The last of its channel that was deleted; null if none is known: nobody can then vouch for the log. */
  confirmed: string | null;
}

const leaderLock = 1_001_002;
const poll_ms = 500;
/** Failures to append in a row after which another engine may try whether the log takes events from it. */
const appendFailures_max = 3;
/** Longer than the others' polling, so that one of them comes first. */
const stepBack_ms = 3 * poll_ms;
const batch = 100;
/** From reading a batch to deleting what was appended of it, however slow the log: longer, and the session would end. */
export const batch_ms_max = 2_000;

/** Deletes what stands in the log, and keeps the last of each channel; one statement, so both or neither. */
const settle = `
WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING id, channel)
INSERT INTO outbox_relayed SELECT channel, max(id) FROM gone GROUP BY channel
ON CONFLICT (channel) DO UPDATE SET id = greatest(outbox_relayed.id, excluded.id)`;

export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** In a row, without any work done between them. */
  #losses = 0;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Ends after the event at hand; the rest stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const { createClient, logger, backOff_ms_max } = this.#options;
    while (!stopping.aborted) {
      const client = createClient();
      const wakeUp = new WakeUp(stopping);
      let lost: Error | undefined;
      client.on('error', (error) => {
        lost = error;
        wakeUp.call();
      });
      client.on('notification', () => wakeUp.call());
      try {
        await client.connect();
        await client.query(`LISTEN ${outboxNotification}`);
        while (!stopping.aborted && lost === undefined) {
          if (await this.#tryToLead(client)) await this.#lead(client, wakeUp, stopping);
          else {
            this.#losses = 0;
            await wakeUp.wait(poll_ms);
          }
        }
        if (lost !== undefined) throw lost;
      } catch (err) {
        this.#losses += 1;
        logger.warn({ err }, 'the outbox relay lost PostgreSQL');
      } finally {
        // Not awaited: a server that no longer answers does not say good-bye either.
        client.end().catch(() => {});
      }
      if (!stopping.aborted) await backOff(Math.max(this.#losses, 1), backOff_ms_max, stopping);
    }
  }

  async #tryToLead(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ led: boolean }>('SELECT pg_try_advisory_lock($1) AS led', [leaderLock]);
    return rows[0]?.led === true;
  }

  /** Relays until stopped, or until the log takes nothing from this engine: then it gives the lead back. Throws when PostgreSQL is lost. */
  async #lead(client: Client, wakeUp: WakeUp, stopping: AbortSignal): Promise<void> {
    this.#options.logger.info('this engine relays the outbox');
    while (!stopping.aborted) {
      const { rows } = await client.query<OutboxRow>(
        `SELECT outbox.id, channel, payload::text AS payload, concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
           left(pg_walfile_name(pg_current_wal_lsn()), 8), outbox.tableoid) AS source, relayed.id AS confirmed
         FROM outbox LEFT JOIN outbox_relayed AS relayed USING (channel) ORDER BY outbox.id LIMIT ${batch}`,
      );
      const appended: string[] = [];
      const begun_ms = performance.now();
      for (const row of rows) {
        if (!(await this.#append(row, client, stopping))) break;
        appended.push(row.id);
        if (performance.now() - begun_ms > batch_ms_max) break;
      }
      if (appended.length > 0) await client.query(settle, [appended]);
      // Only a pass that went through says that PostgreSQL serves: connecting and leading do not.
      this.#losses = 0;
      if (appended.length > 0) continue;
      if (rows.length === 0) await wakeUp.wait(poll_ms);
      else if (!stopping.aborted) return this.#stepBack(client, stopping);
    }
  }

  async #stepBack(client: Client, stopping: AbortSignal): Promise<void> {
    await client.query('SELECT pg_advisory_unlock($1)', [leaderLock]);
    this.#options.logger.warn('the event log takes nothing from this engine; another may relay');
    await wait(stepBack_ms, undefined, { signal: stopping }).catch(() => {});
  }

  /** Appends the event; false when stopped before or after `appendFailures_max` failures. Throws when PostgreSQL is lost. */
  async #append(
    { id, channel, payload, source, confirmed }: OutboxRow,
    leader: Client,
    stopping: AbortSignal,
  ): Promise<boolean> {
    const { log, logger, backOff_ms_max, onAppended } = this.#options;
    for (let attempt = 1; attempt <= appendFailures_max && !stopping.aborted; attempt += 1) {
      try {
        onAppended(
          await log.append(channel, Number(id), payload, source, confirmed === null ? undefined : Number(confirmed)),
        );
        return true;
      } catch (err) {
        logger.warn({ err, outboxId: id, attempt }, 'the event log does not take the event; it waits');
        await backOff(attempt, backOff_ms_max, stopping);
        // Keeps the session, and the lead with it; throws when both are gone.
        await leader.query('SELECT 1');
      }
    }
    return false;
  }
}

/** A wait that a call cuts short; a call that comes while nobody waits cuts the next wait short. */
class WakeUp {
  #called = false;
  #wake = () => {};

  constructor(stopping: AbortSignal) {
    stopping.addEventListener('abort', () => this.call(), { once: true });
  }

  call(): void {
    this.#called = true;
    this.#wake();
  }

  async wait(most_ms: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, most_ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#called = false;
  }
}
