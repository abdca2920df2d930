/** What came of a load, in one process or merged over several. */
import { Latencies } from './latencies.ts';

/** Counts and histograms as text, for the way from a generator process. */
export interface EncodedTally {
  readonly scheduled: number;
  readonly sent: number;
  readonly succeeded: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly latencies: string;
  readonly arrivals: string;
  readonly lags: string;
  readonly cpu_ms: number;
  readonly bootCpu_ms: number;
  readonly duration_ms: number;
}

export class Tally {
  /** Requests that were due. Each of them succeeded or failed. */
  scheduled = 0;
  /** Requests that a connection took. */
  sent = 0;
  succeeded = 0;
  /** By reason; see `FailureReason` in generator.ts. */
  readonly failed = new Map<string, number>();
  /** From the moment each request was due to its answer; one that failed counts with the whole time-out. */
  readonly latencies = Latencies.empty();
  /** From the moment each request was due to each listener's hearing of it; one not heard counts with the time-out. */
  readonly arrivals = Latencies.empty();
  /** How late each request was handed over by the generator's own fault. */
  readonly lags = Latencies.empty();
  /** Processor time that the generators took from the start of the load, warming up included, over all their threads. */
  cpu_ms = 0;
  /** What they took before that, to be ready. */
  bootCpu_ms = 0;
  /** From the first moment after warming up to the last answer or arrival. */
  duration_ms = 0;

  fail(reason: string, count = 1): void {
    this.failed.set(reason, (this.failed.get(reason) ?? 0) + count);
  }

  add(other: EncodedTally): void {
    this.scheduled += other.scheduled;
    this.sent += other.sent;
    this.succeeded += other.succeeded;
    for (const [reason, count] of Object.entries(other.failed)) {
      this.failed.set(reason, (this.failed.get(reason) ?? 0) + count);
    }
    this.latencies.add(Latencies.decode(other.latencies));
    this.arrivals.add(Latencies.decode(other.arrivals));
    this.lags.add(Latencies.decode(other.lags));
    this.cpu_ms += other.cpu_ms;
    this.bootCpu_ms += other.bootCpu_ms;
    this.duration_ms = Math.max(this.duration_ms, other.duration_ms);
  }

  encode(): EncodedTally {
    return {
      scheduled: this.scheduled,
      sent: this.sent,
      succeeded: this.succeeded,
      failed: Object.fromEntries(this.failed),
      latencies: this.latencies.encode(),
      arrivals: this.arrivals.encode(),
      lags: this.lags.encode(),
      cpu_ms: this.cpu_ms,
      bootCpu_ms: this.bootCpu_ms,
      duration_ms: this.duration_ms,
    };
  }
}
