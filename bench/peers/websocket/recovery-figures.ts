/** What the clients of one contender went through in one cut, as figures. */
import type { Figures } from '../../../harness/benchmarks/benchmark.ts';
import type { Listener } from './audience-child.ts';

export interface Cut {
  /** The last event before the network was back. */
  readonly missed: number;
  /** The last event of all. */
  readonly last: number;
  /** When the port was open again, by the clock of `at_ms`. */
  readonly back_ms: number;
}

/** @throws when a client was not cut, or never had what it missed or anything later */
export function recoveryFigures(listeners: readonly Listener[], { missed, last, back_ms }: Cut): Figures {
  const away_ms = listeners.map(({ numbers, at_ms }) => {
    const first = numbers.findIndex((number) => number >= missed);
    return first === -1 ? Number.POSITIVE_INFINITY : (at_ms[first] as number) - back_ms;
  });
  const notBack = away_ms.filter((ms) => !(ms >= 0 && Number.isFinite(ms))).length;
  const notCut = listeners.filter(({ drops }) => drops === 0).length;
  if (notBack + notCut > 0) {
    throw new Error(`expected every client to be cut and to come back: ${notCut} were not cut, ${notBack} not back`);
  }
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    caught_up_p50_ms: quantile(away_ms, 0.5),
    caught_up_p95_ms: quantile(away_ms, 0.95),
    lost_events: sum(listeners.map(({ numbers }) => last - new Set(numbers).size)),
    doubled_events: sum(listeners.map(({ numbers }) => numbers.length - new Set(numbers).size)),
  };
}

/** The nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] as number;
}
