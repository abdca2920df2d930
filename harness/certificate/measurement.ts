/** One simulated measurement, judged pair by pair as a real one is: by the stopping rule, then by the judge's own gates. */
import { Pool } from '../judge/estimate.ts';
import { guardrailEvidence, judgeGuardrail, logWorsening } from '../judge/guardrail.ts';
import { FALSE_FAIL } from '../judge/levels.ts';
import { judgeLooked } from '../judge/limit-looks.ts';
import { heldToNoise, logNoiseFloor } from '../judge/noise-floor.ts';
import { familyOf, lookAt, type Pair, type StoppingPlan, summarisePair } from '../judge/stopping.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Verdict } from '../schema/verdict.ts';

/** The values of both arms in one pair, as one batch each. */
export interface PairValues {
  baseline: readonly number[];
  candidate: readonly number[];
}

/** How one promise went through a measurement. */
export interface Course {
  /** The look, counted in pairs, at which it was first called; undefined when only the end of the budget decided. */
  calledAt: number | undefined;
  /** What was called then, or at the end. */
  verdict: Verdict;
}

/**
 * Looks at the gates after every pair up to the budget. A gate keeps the verdict that it is first certain of, as if the
 * check had ended there: the harshest way to be looked at.
 */
export function follow(plan: StoppingPlan, values: readonly PairValues[], measure = 'latency_ms'): Map<string, Course> {
  const courses = new Map<string, Course>();
  const pairs: Pair[] = [];
  for (const { baseline, candidate } of values) {
    pairs.push(
      summarisePair(plan, {
        baseline: new Map([[measure, [baseline]]]),
        candidate: new Map([[measure, [candidate]]]),
      }),
    );
    for (const [id, verdict] of lookAt(plan, pairs).verdicts) {
      const certain = verdict === 'fail' || verdict === 'pass';
      if (certain && !courses.has(id)) courses.set(id, { calledAt: pairs.length, verdict });
    }
    if (courses.size === plan.promises.length) return courses;
  }
  for (const promise of plan.promises) {
    if (!courses.has(promise.id)) {
      courses.set(promise.id, { calledAt: undefined, verdict: atEnd(plan, promise, pairs, values) });
    }
  }
  return courses;
}

function atEnd(
  plan: StoppingPlan,
  promise: ReleasePromise,
  pairs: readonly Pair[],
  values: readonly PairValues[],
): Verdict {
  if (promise.kind !== 'guardrail') {
    const pool = new Pool(values.map(({ candidate }) => [candidate]));
    return judgeLooked(promise, pool, true).verdict(true);
  }
  const statistics = pairs.flatMap((pair) => pair.statistics.get(promise.id) ?? []);
  const worsening = statistics.flatMap((pair) => logWorsening(promise, pair) ?? []);
  const level = FALSE_FAIL.guardrail / (plan.guardrails.get(familyOf(promise)) ?? 1);
  const verdict = judgeGuardrail(promise, guardrailEvidence(promise, worsening, true), worsening.length, level);
  return heldToNoise(promise, verdict, worsening, logNoiseFloor(promise, statistics));
}
