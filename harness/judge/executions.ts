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

/** Everything written by one check on one arm in one replicate, in one attempt at its pair. */
export interface Execution {
  check: string;
  arm: Arm;
  replicate: number;
  attempt: number;
  started: CheckStarted[];
  ended: CheckEnded[];
  facts: Fact[];
  /** By measure. */
  batches: Map<string, Batch[]>;
}

export interface Seen {
  /** Of the last attempt at each pair, by `executionKey`: these count. */
  executions: Map<string, Execution>;
  /** Of the attempts before. */
  replaced: Execution[];
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
  const seen: Seen = { executions: new Map(), replaced: [], components: [], troubles: [], runEnded: [] };
  const all = new Map<string, Execution>();
  for (const entry of entries) {
    if (entry.type === 'component') seen.components.push(entry);
    else if (entry.type === 'trouble') seen.troubles.push(entry);
    else if (entry.type === 'run-ended') seen.runEnded.push(entry);
    else addToExecution(all, entry);
  }
  seen.runEnded.sort(byMoment);
  for (const execution of all.values()) {
    execution.started.sort(byMoment);
    execution.ended.sort(byMoment);
  }
  for (const attempts of Map.groupBy(all.values(), pairKey).values()) {
    const last = attempts.reduce((most, { attempt }) => Math.max(most, attempt), 0);
    for (const execution of attempts) {
      const { check, arm, replicate, attempt } = execution;
      if (attempt === last) seen.executions.set(executionKey(check, arm, replicate), execution);
      else seen.replaced.push(execution);
    }
  }
  return seen;
}

/** Both arms of a replicate are made again together. */
function pairKey({ check, replicate }: Execution): string {
  return `${check} ${replicate}`;
}

/** By time, and by everything else in the line where two share a moment. */
function byMoment(a: { at: string }, b: { at: string }): number {
  return byText(a.at, b.at) || byText(JSON.stringify(a), JSON.stringify(b));
}

function addToExecution(executions: Map<string, Execution>, entry: Extract<Entry, { check: string }>): void {
  const { check, arm, replicate, attempt = 0 } = entry;
  const key = `${executionKey(check, arm, replicate)} ${attempt}`;
  let execution = executions.get(key);
  if (execution === undefined) {
    execution = { check, arm, replicate, attempt, started: [], ended: [], facts: [], batches: new Map() };
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
