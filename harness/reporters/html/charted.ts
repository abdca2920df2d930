/** Which gates have charts of their samples and looks: all where there are not many, else a choice, or the page would grow past what a browser likes. */
import type { Gate, Run } from '../../schema/run.ts';
import { troubles } from '../triage.ts';

/** Gates that have charts; more are only told where their samples are drawn. */
export const MOST_CHARTED = 200;

export interface Charted {
  readonly gates: ReadonlySet<Gate>;
  /** Whether every gate is among them. */
  readonly all: boolean;
  /** The gate at which the samples of this one are drawn, when not at itself. */
  at(gate: Gate): Gate | undefined;
}

/** Those that do not pass, worst first; then, of those that pass, one for each measure of which nothing is drawn yet. */
export function chartedGates(run: Run): Charted {
  const all = run.gates.length <= MOST_CHARTED;
  const gates = new Set(all ? run.gates : troubles(run).slice(0, MOST_CHARTED));
  const byMeasure = new Map<string, Gate>();
  const hasSamples = new Set(run.distributions.map(measureOf));
  const take = (gate: Gate) => {
    const measure = measureOf(gate);
    if (!hasSamples.has(measure) || byMeasure.has(measure)) return;
    gates.add(gate);
    byMeasure.set(measure, gate);
  };
  gates.forEach(take);
  for (const gate of run.gates) if (gates.size < MOST_CHARTED) take(gate);
  return { gates, all, at: (gate) => (gates.has(gate) ? undefined : byMeasure.get(measureOf(gate))) };
}

/** Gates of one suite and measure have the same samples. */
export function measureOf({ suite, measure }: Pick<Gate, 'suite' | 'measure'>): string {
  return JSON.stringify([suite, measure]);
}
