/** The promises and the plan that the certificate's simulated measurements are judged by. */
import type { Guardrail, LimitPromise, ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';

/** Pairs of replicates in the whole budget of a simulated measurement, and the least before it may end. */
export const BUDGET = 32;
export const LEAST = 2;

const common = { suite: 'proof', unit: 'ms', measure: 'latency_ms', decidableFrom: 'smoke' } as const;

export function guardrailOf(changes: Partial<Guardrail> = {}): Guardrail {
  return {
    ...common,
    id: 'proof/guardrail',
    kind: 'guardrail',
    says: 'p95 is no worse',
    statistic: 'p95',
    worse: 'higher',
    tolerance: 0,
    minPairs: LEAST,
    ...changes,
  };
}

export function limitOf(changes: Partial<LimitPromise> = {}): LimitPromise {
  return {
    ...common,
    id: 'proof/limit',
    kind: 'absolute',
    says: 'p95 is under its limit',
    statistic: 'p95',
    operator: '<',
    limit: 100,
    minSamples: 1,
    ...changes,
  };
}

export function checkOf(changes: Partial<PlannedCheck> = {}): PlannedCheck {
  return {
    id: 'proof/load',
    suite: 'proof',
    lane: 'timing',
    arms: ['baseline', 'candidate'],
    replicates: BUDGET,
    leastReplicates: LEAST,
    facts: [],
    measures: { latency_ms: 'ms' },
    components: [],
    ...changes,
  };
}

/** A run that expects these promises of these checks, without any line yet. */
export function scopeOf(checks: readonly PlannedCheck[], promises: readonly ReleasePromise[]) {
  return {
    schemaVersion: 1 as const,
    id: 'proof',
    product: 'proof',
    command: 'npm run prove -- --judge',
    seed: 0,
    startedAt: momentAt(-1),
    profile: 'smoke' as const,
    tickets: [],
    narrowedBy: [],
    checks: [...checks],
    expected: [...promises.map(({ id }) => id), ...checks.map(({ id }) => `${id}/facts`)],
    deferred: [],
    provenance: {
      commit: null,
      dirty: false,
      arms: { baseline: 'before', candidate: 'after' },
      promisesSha256: '0',
      node: '24',
      os: 'simulated',
      cpu: 'simulated',
      cores: 2,
      memory_bytes: 1,
      load: 0,
    },
  };
}

/** The moment so many seconds after a simulated run began. */
export function momentAt(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + 1000 * seconds).toISOString();
}
