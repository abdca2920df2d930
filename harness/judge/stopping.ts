/**
 * When a check that repeats its measurement has seen enough. Asked after every pair of replicates by whoever measures,
 * and asked again at each of those looks when the saved run is judged: a check that ended early without a reason is not
 * complete. A pure function of the pairs, in their order.
 *
 * A pair is replicate r of the baseline and replicate r of the candidate, made one right after the other. Draw by the
 * run's seed, anew for each pair, which of the two goes first: then, if the releases are alike, each difference is as
 * likely to be negative as positive whatever drift the machine goes through, and the levels below are exact
 * (R. A. Fisher, "The Design of Experiments", 1935, §21; the levels hold for such a law at every look).
 */
import { ARMS, type Arm } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Verdict } from '../schema/verdict.ts';
import { earlyGuardrail, logWorsening, statisticOf } from './guardrail.ts';
import { earlyLimit, type LimitSummary, summariseLimit } from './limit-looks.ts';

/** What one arm gave in one replicate: batches of values by measure. */
export type ReplicateSamples = ReadonlyMap<string, readonly (readonly number[])[]>;
/** Replicate r on both arms. */
export type PairSamples = Readonly<Record<Arm, ReplicateSamples>>;

/** What is decided about one check, and how many pairs it may make. */
export interface StoppingPlan {
  readonly least: number;
  readonly most: number;
  /** Those that this check feeds. */
  readonly promises: readonly ReleasePromise[];
  /** How many guardrails share the level of each ticket, or of each suite without one. */
  readonly guardrails: ReadonlyMap<string, number>;
  /** An A/A run: fixes are judged on the limit alone. */
  readonly sameRelease: boolean;
}

/** A pair reduced to what the promises ask of it; small, whatever the number of samples. */
export interface Pair {
  /** By guardrail, the statistic of each arm; null without a sample. */
  readonly statistics: ReadonlyMap<string, Readonly<Record<Arm, number | null>>>;
  /** By promise with a limit. */
  readonly limits: ReadonlyMap<string, Readonly<Record<Arm, LimitSummary>>>;
}

export interface Look {
  /** `decided`: end the check. `more`: make another pair. */
  readonly answer: 'decided' | 'more';
  /** What each promise would be judged as by now, for those who watch; `inconclusive` until it is decided. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** `promises` are all that the run expects to decide: guardrails of one ticket share one level, whoever feeds them. */
export function stoppingPlan(
  check: PlannedCheck,
  promises: readonly ReleasePromise[],
  sameRelease: boolean,
): StoppingPlan {
  const guardrails = new Map<string, number>();
  for (const promise of promises) {
    if (promise.kind !== 'guardrail') continue;
    guardrails.set(familyOf(promise), (guardrails.get(familyOf(promise)) ?? 0) + 1);
  }
  return {
    least: check.leastReplicates ?? check.replicates,
    most: check.replicates,
    promises: promises.filter(
      (promise) => promise.suite === check.suite && Object.hasOwn(check.measures, promise.measure),
    ),
    guardrails,
    sameRelease,
  };
}

/** The guardrails among which one false alarm is bounded together. */
export function familyOf({ ticket, suite }: ReleasePromise): string {
  return ticket ?? suite;
}

/** Reduces the samples of a pair; once for each pair, as it is made. */
export function summarisePair({ promises }: StoppingPlan, samples: PairSamples): Pair {
  const statistics = new Map<string, Record<Arm, number | null>>();
  const limits = new Map<string, Record<Arm, LimitSummary>>();
  for (const promise of promises) {
    const of = (arm: Arm) => samples[arm].get(promise.measure) ?? [];
    if (promise.kind === 'guardrail') {
      statistics.set(promise.id, {
        baseline: statisticOf(promise, of('baseline')),
        candidate: statisticOf(promise, of('candidate')),
      });
    } else {
      const summaries = ARMS.map((arm) => [arm, summariseLimit(promise, of(arm))]);
      limits.set(promise.id, Object.fromEntries(summaries) as Record<Arm, LimitSummary>);
    }
  }
  return { statistics, limits };
}

/**
 * Whether the check has seen enough after these pairs: at `most`, or from `least` on when every promise that it feeds is
 * certain to fail or to pass. A check that feeds no promise has nothing to decide early.
 */
export function lookAt(plan: StoppingPlan, pairs: readonly Pair[]): Look {
  const verdicts = new Map(plan.promises.map((promise) => [promise.id, verdictSoFar(plan, promise, pairs)]));
  const certain =
    verdicts.size > 0 && [...verdicts.values()].every((verdict) => verdict === 'fail' || verdict === 'pass');
  const ends = pairs.length >= plan.most || (pairs.length >= plan.least && certain);
  return { answer: ends ? 'decided' : 'more', verdicts };
}

function verdictSoFar(plan: StoppingPlan, promise: ReleasePromise, pairs: readonly Pair[]): Verdict {
  if (promise.kind === 'guardrail') {
    const worsening = pairs.flatMap((pair) => logWorsening(promise, pair.statistics.get(promise.id)) ?? []);
    return earlyGuardrail(promise, worsening, plan.guardrails.get(familyOf(promise)) ?? 1);
  }
  const of = (arm: Arm) => pairs.flatMap((pair) => pair.limits.get(promise.id)?.[arm] ?? []);
  const candidate = earlyLimit(promise, of('candidate'));
  if (promise.kind === 'absolute' || plan.sameRelease || candidate !== 'pass') return candidate;
  return earlyLimit(promise, of('baseline')) === 'fail' ? 'pass' : 'inconclusive';
}

/**
 * Whether a check that has made these pairs, and no more, was right to end there: the rule said `more` at every look
 * before, and says `decided` now. A sentence when it was not.
 */
export function replayLooks(plan: StoppingPlan, pairs: readonly Pair[]): string | undefined {
  for (let made = plan.least; made < pairs.length; made++) {
    if (lookAt(plan, pairs.slice(0, made)).answer === 'decided') {
      return `it was decided after ${made} pairs, and went on to ${pairs.length}`;
    }
  }
  if (lookAt(plan, pairs).answer === 'decided') return undefined;
  return `it ended after ${pairs.length} of ${plan.most} pairs, and nothing was decided yet`;
}
