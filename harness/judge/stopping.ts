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
import type { Guardrail, ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Verdict } from '../schema/verdict.ts';
import { earlyGuardrail, guardrailEvidence, logWorsening, statisticOf } from './guardrail.ts';
import { FALSE_FAIL, FALSE_PASS } from './levels.ts';
import { earlyLimit, type LimitSummary, limitProgress, summariseLimit } from './limit-looks.ts';
import { heldToNoise, logNoiseFloor } from './noise-floor.ts';
import { NO_PROGRESS, type Progress, progressOf } from './progress.ts';

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
  /** How far each promise was from being certain. */
  readonly progress: ReadonlyMap<string, Progress>;
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
  const judged = plan.promises.map((promise) => [promise.id, soFar(plan, promise, pairs)] as const);
  const certain = judged.length > 0 && judged.every(([, { verdict }]) => verdict === 'fail' || verdict === 'pass');
  const ends = pairs.length >= plan.most || (pairs.length >= plan.least && certain);
  return {
    answer: ends ? 'decided' : 'more',
    verdicts: new Map(judged.map(([id, { verdict }]) => [id, verdict])),
    progress: new Map(judged.map(([id, { progress }]) => [id, progress])),
  };
}

interface SoFar {
  verdict: Verdict;
  progress: Progress;
}

function soFar(plan: StoppingPlan, promise: ReleasePromise, pairs: readonly Pair[]): SoFar {
  if (promise.kind === 'guardrail') return guardrailSoFar(plan, promise, pairs);
  const of = (arm: Arm) => pairs.flatMap((pair) => pair.limits.get(promise.id)?.[arm] ?? []);
  const candidate = {
    verdict: earlyLimit(promise, of('candidate')),
    progress: limitProgress(promise, of('candidate')),
  };
  if (promise.kind === 'absolute' || plan.sameRelease) return candidate;
  // A fix passes by two things: the candidate keeps the limit and the baseline breaks it.
  const broken = earlyLimit(promise, of('baseline')) === 'fail';
  const { fail, pass } = candidate.progress;
  return {
    verdict: candidate.verdict !== 'pass' || broken ? candidate.verdict : 'inconclusive',
    progress: { fail, pass: Math.min(pass, limitProgress(promise, of('baseline')).fail) },
  };
}

function guardrailSoFar(plan: StoppingPlan, promise: Guardrail, pairs: readonly Pair[]): SoFar {
  const statistics = pairs.flatMap((pair) => pair.statistics.get(promise.id) ?? []);
  const worsening = statistics.flatMap((pair) => logWorsening(promise, pair) ?? []);
  if (worsening.length === 0) return { verdict: 'no-data', progress: NO_PROGRESS };
  const guardrails = plan.guardrails.get(familyOf(promise)) ?? 1;
  const { within, over } = guardrailEvidence(promise, worsening, false);
  return {
    verdict: heldToNoise(
      promise,
      earlyGuardrail(promise, worsening, guardrails),
      worsening,
      logNoiseFloor(promise, statistics),
    ),
    progress: {
      fail: progressOf(1 / within, guardrails / FALSE_FAIL.guardrail),
      pass: progressOf(1 / over, 1 / FALSE_PASS),
    },
  };
}

/** The rule asked after each of these pairs, from the first on. */
export function looksAt(plan: StoppingPlan, pairs: readonly Pair[]): Look[] {
  return pairs.map((_, index) => lookAt(plan, pairs.slice(0, index + 1)));
}

/**
 * Whether a check that ended after these looks, the first of them after one pair, was right to end there: the rule said
 * `more` at every look before, and says `decided` now. A sentence when it was not.
 */
export function wrongEnd(plan: StoppingPlan, looks: readonly Look[]): string | undefined {
  const decided = looks.findIndex(({ answer }) => answer === 'decided') + 1;
  if (decided === 0) return `it ended after ${looks.length} of ${plan.most} pairs, and nothing was decided yet`;
  if (decided < looks.length) return `it was decided after ${decided} pairs, and went on to ${looks.length}`;
  return undefined;
}
