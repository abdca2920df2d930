/** The lines of a run, gathered by what they belong to. From here on the order in which they were written no longer matters. */
import type {
  Arm,
  CheckEnded,
  CheckStarted,
  ComponentEntry,
  Entry,
  Fact,
  Observation,
  RunEnded,
  Trouble,
} from '../schema/entry.ts';

/** An observation with its `t0` in milliseconds since 1970, read once. */
export interface Batch {
  observation: Observation;
  t0_ms: number;
}

/** Everything written by one check on one arm in one replicate. */
export interface Execution {
  check: string;
  arm: Arm;
  replicate: number;
  started: CheckStarted[];
  ended: CheckEnded[];
  facts: Fact[];
  /** By measure. */
  batches: Map<string, Batch[]>;
}

export interface Seen {
  executions: Map<string, Execution>;
  components: ComponentEntry[];
  troubles: Trouble[];
  runEnded: RunEnded[];
}

/** Orders text by code unit: the same on every machine, whatever its language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function executionKey(check: string, arm: Arm, replicate: number): string {
  return `${check} ${arm} ${replicate}`;
}

export function groupEntries(entries: readonly Entry[]): Seen {
  const seen: Seen = { executions: new Map(), components: [], troubles: [], runEnded: [] };
  for (const entry of entries) {
    if (entry.type === 'component') seen.components.push(entry);
    else if (entry.type === 'trouble') seen.troubles.push(entry);
    else if (entry.type === 'run-ended') seen.runEnded.push(entry);
    else addToExecution(seen.executions, entry);
  }
  seen.runEnded.sort(byMoment);
  for (const execution of seen.executions.values()) {
    execution.started.sort(byMoment);
    execution.ended.sort(byMoment);
  }
  return seen;
}

/** By time, and by everything else in the line where two share a moment. */
function byMoment(a: { at: string }, b: { at: string }): number {
  return byText(a.at, b.at) || byText(JSON.stringify(a), JSON.stringify(b));
}

function addToExecution(executions: Map<string, Execution>, entry: Extract<Entry, { check: string }>): void {
  const { check, arm, replicate } = entry;
  const key = executionKey(check, arm, replicate);
  let execution = executions.get(key);
  if (execution === undefined) {
    execution = { check, arm, replicate, started: [], ended: [], facts: [], batches: new Map() };
    executions.set(key, execution);
  }
  if (entry.type === 'check-started') execution.started.push(entry);
  else if (entry.type === 'check-ended') execution.ended.push(entry);
  else if (entry.type === 'fact') execution.facts.push(entry);
  else {
    const batch = { observation: entry, t0_ms: Date.parse(entry.t0) };
    const batches = execution.batches.get(entry.measure);
    if (batches === undefined) execution.batches.set(entry.measure, [batch]);
    else batches.push(batch);
  }
}
