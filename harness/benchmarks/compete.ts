/** Lets contenders take turns, in rounds whose order is drawn, so that whatever drifts on the machine meets all alike. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Contender, Figures } from './benchmark.ts';

/** One contender measured once. */
export interface Turn {
  readonly scenario: string;
  readonly name: string;
  readonly round: number;
  readonly figures: Figures;
}

/** A contender that was not measured in a round, and why. */
export interface FailedTurn {
  readonly scenario: string;
  readonly name: string;
  readonly round: number;
  readonly says: string;
}

export interface Competition {
  readonly turns: readonly Turn[];
  readonly failures: readonly FailedTurn[];
}

export interface CompeteOptions {
  readonly contenders: readonly Contender[];
  /** A figure of any other name is a failure, and so is one that is no finite number. */
  readonly measures: readonly string[];
  readonly rounds: number;
  readonly timeout_ms: number;
  readonly random: () => number;
  /** Aborted to stop after what was measured so far. */
  readonly signal: AbortSignal;
  /** Hears of each turn that begins. */
  readonly began: (contender: Contender, round: number) => void;
  readonly failed: (failure: FailedTurn) => void;
}

/** Measures every contender once a round; the contenders of one scenario directly after each other. Never rejects. */
export async function compete(options: CompeteOptions): Promise<Competition> {
  const { contenders, rounds, random, signal } = options;
  const scenarios = [...Map.groupBy(contenders, ({ scenario }) => scenario).values()];
  const turns: Turn[] = [];
  const failures: FailedTurn[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of shuffled(scenarios, random).flatMap((same) => shuffled(same, random))) {
      if (signal.aborted) return { turns, failures };
      const { scenario, name } = contender;
      options.began(contender, round);
      try {
        turns.push({ scenario, name, round, figures: await measureOnce(contender, options) });
      } catch (error) {
        // A turn that was cut short by the user is no failure of the contender.
        if (signal.aborted) return { turns, failures };
        const failure = { scenario, name, round, says: error instanceof Error ? error.message : String(error) };
        failures.push(failure);
        options.failed(failure);
      }
    }
  }
  return { turns, failures };
}

async function measureOnce(contender: Contender, { timeout_ms, signal, measures }: CompeteOptions): Promise<Figures> {
  const over = new AbortController();
  const turn = AbortSignal.any([signal, over.signal]);
  const late = new Error(`expected a measurement within ${timeout_ms} ms; it was not over then`);
  const cut = async () => {
    await wait(timeout_ms, undefined, { signal: turn }).catch(() => {});
    throw signal.aborted ? signal.reason : late;
  };
  try {
    const figures = await Promise.race([contender.measure(turn), cut()]);
    for (const [measure, value] of Object.entries(figures)) {
      if (!measures.includes(measure)) throw new Error(`it gave ${measure}; expected one of ${measures.join(', ')}`);
      if (!Number.isFinite(value)) throw new Error(`it gave ${value} as ${measure}; a number was expected`);
    }
    return figures;
  } finally {
    over.abort(late);
  }
}

/** In an order drawn evenly from all (Fisher and Yates; D. E. Knuth, TAOCP 3.4.2, algorithm P). */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
