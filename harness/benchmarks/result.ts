/** The result of a benchmark, as it is kept: `reports/bench/<id>.json`. */
import type { Absentee } from './benchmark.ts';
import type { FailedTurn } from './compete.ts';
import type { ContenderStandings } from './standings.ts';

export interface BenchmarkResult {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly title: string;
  /** What repeats it. */
  readonly command: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly commit: string | null;
  readonly dirty: boolean;
  readonly machine: Machine;
  /** How many rounds were asked for; `complete` when each contender was measured in each of them. */
  readonly rounds: number;
  readonly complete: boolean;
  readonly contenders: readonly ContenderStandings[];
  readonly absent: readonly Absentee[];
  readonly failures: readonly FailedTurn[];
}

/** Where it was measured. A load above 0 before it began means that the machine had other work. */
export interface Machine {
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  /** Mean of a minute, before the first round and after the last. */
  readonly load_before: number;
  readonly load_after: number;
}
