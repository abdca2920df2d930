/** What was done to the connections and when: the evidence of a run with faults. Plain data, bounded. */
import type { Direction, Fault, HowToCut } from './fault.ts';
import type { Timings } from './timings.ts';

/** The fault that cut a connection. */
export type CutReason = 'cut' | 'idle' | 'cut-after' | 'outage';

export type FaultEvent =
  /** A fault was applied: to the connection, or without one to the whole proxy. */
  | { event: 'applied'; fault: Fault }
  /** The connection was cut. `unread_bytes`: of those written before the RST, not read by the peers; absent where the kernel does not tell. */
  | { event: 'cut'; how: HowToCut; because: CutReason; unread_bytes?: number }
  /** The connection idled too long and is swallowed from now on. */
  | { event: 'silenced' }
  /** A peer ended or reset, and the other was kept from learning it. */
  | { event: 'withheld'; what: HowToCut; direction: Direction }
  /** The target could not be reached; the client's connection is reset. */
  | { event: 'target-failed'; error: string }
  /** `onConnection` or the target function threw; the connection is reset. */
  | { event: 'policy-failed'; error: string }
  /** A schedule's fault found its connection not open. */
  | { event: 'missed'; fault: Fault };

/** `at_ms`: monotonic, since the proxy started. */
export type FaultLogEntry = { at_ms: number; connection?: number } & FaultEvent;

export class FaultLog {
  readonly #timings: Timings;
  readonly #start_ms: number;
  readonly #limit: number;
  readonly #entries: FaultLogEntry[] = [];
  #cuts = 0;

  /** @param limit entries kept, the first ones. Cuts are counted beyond it. */
  constructor(timings: Timings, limit: number) {
    this.#timings = timings;
    this.#start_ms = timings.now_ms();
    this.#limit = limit;
  }

  now_ms(): number {
    return this.#timings.now_ms() - this.#start_ms;
  }

  add(event: FaultEvent, connection?: number): void {
    if (event.event === 'cut') this.#cuts += 1;
    if (this.#entries.length >= this.#limit) return;
    this.#entries.push({ at_ms: this.now_ms(), ...(connection === undefined ? {} : { connection }), ...event });
  }

  entries(): readonly FaultLogEntry[] {
    return this.#entries;
  }

  /** Connections cut, those counted too that the log had no room for. */
  get cuts(): number {
    return this.#cuts;
  }
}
