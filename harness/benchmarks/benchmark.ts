/** What a benchmark is: contenders measured side by side on one machine in one run. It tells figures, and judges nothing. */
import type {
  ComponentContext,
  ComponentDefinition,
  MissingComponent,
  StartedComponent,
} from '../components/component.ts';
import type { ReaperConnection } from '../processes/reaper.ts';

/** By measure; names end in their units: `p50_ms`. One that could not be taken is left out. */
export type Figures = Readonly<Record<string, number>>;

export interface Contender {
  /** What it does. Only contenders of one scenario are compared. */
  readonly scenario: string;
  readonly name: string;
  readonly version: string;
  /**
   * Measures once. A rejection is told as a failed round, whose figures count for nothing.
   * @param signal aborted when the benchmark's `timeout_ms` is over or the run is to stop
   */
  readonly measure: (signal: AbortSignal) => Promise<Figures>;
}

/** Somebody who should take part and cannot. */
export interface Absentee {
  readonly name: string;
  readonly reason: string;
  /** What would get it. */
  readonly command?: string;
}

export interface Field {
  /** The first of each scenario is the one the others are compared with. */
  readonly contenders: readonly Contender[];
  readonly absent: readonly Absentee[];
  /** Ends what `prepare` started in this process; what the reaper was told of it ends. */
  readonly close?: () => Promise<void>;
}

export interface BenchmarkContext extends Omit<ComponentContext, 'forced'> {
  readonly reaper: ReaperConnection;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Starts a component, by the provider that the user asked for or the first that can serve. */
  readonly component: (definition: ComponentDefinition) => Promise<StartedComponent | MissingComponent>;
}

/** Exported by `bench/<id>/benchmark.ts` as `benchmark`. */
export interface Benchmark {
  readonly title: string;
  /** In the order in which they are shown. */
  readonly measures: readonly string[];
  /** How often each contender is measured, unless the user says otherwise. Under 6 no interval of a median can be told. */
  readonly rounds: number;
  /** How long one contender may take once. */
  readonly timeout_ms: number;
  readonly prepare: (context: BenchmarkContext) => Promise<Field>;
}
