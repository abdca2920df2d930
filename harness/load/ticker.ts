/**
 * A thread that wakes its process at each arrival: it sleeps to the moment, where the event loop's timers are up to 1 ms
 * late and a spinning loop would take a core from what is measured. A busy event loop cannot hold it up either: what
 * became due meanwhile waits as messages, each with the moment it was due.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { seededRandom } from '../random/random.ts';
import { type Arrivals, arrivalMoments, type Share } from './arrivals.ts';
import { now_ms } from './clock.ts';

export interface TickerData {
  readonly arrivals: Arrivals;
  readonly duration_ms: number;
  readonly share: Share;
  readonly seed: number;
  /** By `now_ms`. */
  readonly start_ms: number;
}

/** The moments that are due now, or that there are no more. */
export type Tick = readonly number[] | 'over';

const { arrivals, duration_ms, share, seed, start_ms } = workerData as TickerData;
const neverWoken = new Int32Array(new SharedArrayBuffer(4));
const tell = (tick: Tick) => parentPort?.postMessage(tick);

let due: number[] = [];
for (const offset_ms of arrivalMoments(arrivals, duration_ms, share, seededRandom(seed))) {
  const due_ms = start_ms + offset_ms;
  const wait_ms = due_ms - now_ms();
  if (wait_ms > 0) {
    if (due.length > 0) tell(due);
    due = [];
    Atomics.wait(neverWoken, 0, 0, wait_ms);
  }
  due.push(due_ms);
}
if (due.length > 0) tell(due);
tell('over');
