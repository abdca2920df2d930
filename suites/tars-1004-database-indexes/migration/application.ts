/**
 * The application while it is migrated: reads and writes of all five tables that get an index, open-loop. Each operation
 * is due at a moment laid down beforehand, which no answer moves: a closed loop would send less while it is blocked, and
 * so hide it (coordinated omission: G. Tene).
 */
import pg from 'pg';
import type { DataSize } from '../../../fixtures/evaluation-data/parameters.ts';
import { type Draw, type Table, tablesOf } from './application-tables.ts';

export const APPLICATION = 'application';
const CONNECTIONS = 8;
/** Of one statement, and of the wait for a connection; so no more operations wait than are due in that time. */
const PATIENCE_ms = 10_000;

export interface ApplicationOptions {
  readonly url: string;
  readonly size: DataSize;
  readonly random: () => number;
}

export class Application {
  readonly #pool: pg.Pool;
  readonly #tables: readonly Table[];
  readonly #draw: Draw;
  readonly #commits_ms = new Map<string, number[]>();
  readonly #failures: string[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #operations = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor({ url, size, random }: ApplicationOptions) {
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: APPLICATION,
      max: CONNECTIONS,
      connectionTimeoutMillis: PATIENCE_ms,
      query_timeout: PATIENCE_ms,
    });
    this.#pool.on('error', () => {}); // The next query fails, and tells.
    this.#draw = (of) => 1 + Math.floor(of * random());
    this.#tables = tablesOf(size);
  }

  /** What failed, one line each. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Reads and writes so far. */
  get operations(): number {
    return this.#operations;
  }

  /** When each write of a table was answered, ascending, by `performance.now()`. */
  commits_ms(table: string): readonly number[] {
    return this.#commits_ms.get(table) ?? [];
  }

  /** Operations a second that are answered when every connection sends the next as soon as it has its answer. */
  async capacity_per_s(duration_ms: number): Promise<number> {
    const [began_ms, before] = [performance.now(), this.#operations];
    const untilOver = async () => {
      while (performance.now() - began_ms < duration_ms) await this.#operate();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, untilOver));
    return (1_000 * (this.#operations - before)) / (performance.now() - began_ms);
  }

  /** Begins the open-loop load, which `stop` ends. */
  start(rate_per_s: number): void {
    const began_ms = performance.now();
    let begun = 0;
    const send = () => {
      for (; begun < ((performance.now() - began_ms) * rate_per_s) / 1_000; begun += 1) {
        const operation = this.#operate().finally(() => this.#underWay.delete(operation));
        this.#underWay.add(operation);
      }
      const next_ms = began_ms + (begun * 1_000) / rate_per_s - performance.now();
      this.#timer = setTimeout(send, Math.max(0, next_ms));
    };
    send();
  }

  /** Resolves when everything that was sent is answered and every session has ended. May be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
    await this.#pool.end();
  }

  /** A write into one of the tables and then a read of it; the tables take turns. Never rejects. */
  async #operate(): Promise<void> {
    const table = this.#tables[this.#operations++ % this.#tables.length] as Table;
    try {
      const commits_ms = this.#commits_ms.get(table.name) ?? [];
      this.#commits_ms.set(table.name, commits_ms);
      const { text, values } = table.write(this.#draw);
      await this.#pool.query(text, values);
      commits_ms.push(performance.now());
      const read = table.read(this.#draw);
      await this.#pool.query(read.text, read.values);
    } catch (error) {
      this.#failures.push(`${table.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
