/** Saved runs for the judge's tests: an honest one by default, each part to be changed by name. */
import type { Arm, CheckStatus, ComponentEntry, Entry, RunEnded } from '../schema/entry.ts';
import type { Guardrail, LimitPromise, ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck, Scope } from '../schema/scope.ts';
import { countBatch, emptyTally } from '../schema/tally.ts';
import type { SavedRun } from './judge.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** The moment `seconds` after the run began. */
export const at = (seconds: number) => new Date(START + 1000 * seconds).toISOString();

export const times = (count: number, value: number) => Array.from({ length: count }, () => value);

export const givenCheck = (changes: Partial<PlannedCheck> = {}): PlannedCheck => ({
  id: 'acme-1/drop',
  suite: 'acme-1',
  ticket: 'ACME-1',
  lane: 'functional',
  arms: ['baseline', 'candidate'],
  replicates: 1,
  facts: ['it came back', 'nothing was lost'],
  measures: { away_ms: 'ms' },
  components: ['redis'],
  ...changes,
});

export const givenPromise = (changes: Partial<LimitPromise> = {}): LimitPromise => ({
  id: 'acme-1/back',
  suite: 'acme-1',
  ticket: 'ACME-1',
  kind: 'fix',
  says: 'Every client is back within 30 s',
  measure: 'away_ms',
  statistic: 'count-above',
  ...(changes.statistic === undefined || changes.statistic.endsWith('-above') ? { threshold: 30_000 } : {}),
  operator: '<=',
  limit: 0,
  unit: 'ms',
  minSamples: 30,
  decidableFrom: 'smoke',
  ...changes,
});

export const givenGuardrail = (changes: Partial<Guardrail> = {}): Guardrail => ({
  id: 'acme-1/no-slower',
  suite: 'acme-1',
  ticket: 'ACME-1',
  kind: 'guardrail',
  says: 'The p95 is no more than 5 % slower',
  measure: 'latency_ms',
  statistic: 'p95',
  worse: 'higher',
  tolerance: 0.05,
  unit: 'ms',
  minPairs: 8,
  decidableFrom: 'smoke',
  ...changes,
});

export interface Happening {
  arm?: Arm;
  replicate?: number;
  /** Blocks of values by measure. */
  values?: Record<string, number[][]>;
  facts?: Record<string, boolean>;
  status?: CheckStatus | 'voided';
  /** @default 0 */
  attempt?: number;
  /** When it started, in seconds after the run. @default 0 */
  from_s?: number;
  error?: string;
  endedBy?: 'harness';
}

/** The lines an honest check writes: 20 s or as many as it needs, a block a second, with true tallies. */
export function whatHappened(check: PlannedCheck, happening: Happening = {}): Entry[] {
  const { arm = 'candidate', replicate = 0, status = 'completed', error, endedBy } = happening;
  const { attempt = 0, from_s = 0 } = happening;
  const execution = { check: check.id, arm, replicate, ...(attempt === 0 ? {} : { attempt }) };
  const values = happening.values ?? {};
  const facts = happening.facts ?? Object.fromEntries(check.facts.map((name) => [name, true]));
  const observations = Object.entries(values).flatMap(([measure, blocks]) =>
    blocks.map((block, index) => ({
      type: 'observation' as const,
      ...execution,
      measure,
      unit: check.measures[measure] ?? 'ms',
      block: index,
      t0: at(from_s + 1 + index),
      values: block,
    })),
  );
  const recorded = Object.entries(facts).map(([name, holds]) => ({ type: 'fact' as const, ...execution, name, holds }));
  const seconds = Object.values(values).reduce((longest, blocks) => Math.max(longest, blocks.length), 20);
  const tally = emptyTally();
  tally.facts = recorded.length;
  for (const { measure, values } of observations) countBatch(tally, measure, values);
  return [
    { type: 'check-started', ...execution, at: at(from_s) },
    ...observations,
    ...recorded,
    {
      type: 'check-ended',
      ...execution,
      at: at(from_s + seconds),
      status,
      duration_ms: 1000 * seconds,
      ...(error === undefined ? {} : { error }),
      ...(endedBy === undefined ? {} : { endedBy }),
      tally,
    },
  ];
}

export const redis: ComponentEntry = {
  type: 'component',
  status: 'started',
  name: 'redis',
  version: '8.0',
  provider: 'path',
};

export const finished: RunEnded = { type: 'run-ended', at: at(30), how: 'finished' };

/** Two blocks of 18 drops on each arm: all quick on the candidate, all too long on the baseline. */
export function honestEntries(check: PlannedCheck): Entry[] {
  return [
    redis,
    ...whatHappened(check, { arm: 'baseline', values: { away_ms: [times(18, 60_000), times(18, 61_000)] } }),
    ...whatHappened(check, { arm: 'candidate', values: { away_ms: [times(18, 400), times(18, 500)] } }),
    finished,
  ];
}

export interface Given {
  checks?: PlannedCheck[];
  promises?: ReleasePromise[];
  entries?: Entry[];
  damage?: string[];
  scope?: Partial<Scope>;
  arms?: Record<Arm, string>;
}

export function givenRun(given: Given = {}): SavedRun {
  const checks = given.checks ?? [givenCheck()];
  const promises = given.promises ?? [givenPromise()];
  return {
    scope: {
      schemaVersion: 1,
      id: 'run-1',
      product: 'Acme Hub',
      command: 'npm run regression -- --seed 7 --profile smoke',
      seed: 7,
      startedAt: at(-5),
      profile: 'smoke',
      tickets: ['ACME-1'],
      narrowedBy: [],
      checks,
      expected: [...promises.map((promise) => promise.id), ...checks.map((check) => `${check.id}/facts`)],
      deferred: [],
      provenance: {
        commit: null,
        dirty: false,
        arms: given.arms ?? { baseline: 'v1.0.0', candidate: 'v1.0.1' },
        promisesSha256: '0',
        node: '24',
        os: 'linux',
        cpu: 'test',
        cores: 2,
        memory_bytes: 1,
        load: 0,
      },
      ...given.scope,
    },
    promises,
    entries: given.entries ?? checks.flatMap(honestEntries).filter((entry, index, all) => isFirst(entry, index, all)),
    damage: given.damage ?? [],
  };
}

/** Several honest checks share one line of the component and one of the end. */
function isFirst(entry: Entry, index: number, all: readonly Entry[]): boolean {
  return (entry.type !== 'component' && entry.type !== 'run-ended') || all.indexOf(entry) === index;
}
