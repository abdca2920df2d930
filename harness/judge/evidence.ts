/** All that was seen, sorted and reviewed against the scope: what every gate is judged from. */
import type { Arm, Entry } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Scope } from '../schema/scope.ts';
import { missingComponents } from './components.ts';
import { byText, executionKey, groupEntries, type Seen } from './executions.ts';
import { type MadePairs, pairsOf } from './pairs.ts';
import type { Problem } from './problem.ts';
import { type Review, reviewExecution } from './review.ts';
import { stoppingPlan } from './stopping.ts';
import { findStrays, type Stray } from './strays.ts';
import { withAttempts } from './voided.ts';

export interface Evidence {
  scope: Scope;
  seen: Seen;
  /** One for each planned execution, by check, arm and replicate; without those that a check was right not to make. */
  reviews: Review[];
  /** By check: of those that feed a guardrail or may end early. */
  pairs: Map<string, MadePairs>;
  strays: Stray[];
  /** Both arms are one release. */
  sameRelease: boolean;
}

/** `promises` are those that the run is to decide. */
export function gatherEvidence(scope: Scope, entries: readonly Entry[], promises: readonly ReleasePromise[]): Evidence {
  const seen = groupEntries(entries);
  const { baseline, candidate } = scope.provenance.arms;
  const sameRelease = baseline === candidate;
  const checks = [...scope.checks].sort((a, b) => byText(a.id, b.id));
  const pairs = new Map<string, MadePairs>();
  const reviews = checks.flatMap((planned) => {
    const blocked = missingComponents(planned, seen.components);
    const reviewed = [...new Set(planned.arms)].sort(byText).flatMap((arm) =>
      Array.from({ length: planned.replicates }, (_, replicate) => {
        const execution = seen.executions.get(executionKey(planned.id, arm, replicate));
        return reviewExecution(planned, arm, replicate, execution, blocked, scope.startedAt);
      }),
    );
    const replaced = seen.replaced.filter(({ check }) => check === planned.id);
    const all = withAttempts(planned, reviewed, replaced, scope.startedAt);
    const plan = stoppingPlan(planned, promises, sameRelease);
    const paired = plan.promises.some((promise) => promise.kind === 'guardrail');
    if (!paired && planned.leastReplicates === undefined) return all;
    const made = pairsOf(planned, plan, all);
    pairs.set(planned.id, made);
    return all.filter((review) => review.replicate < made.endedAt).map((review) => withEnd(review, made));
  });
  return {
    scope,
    seen,
    reviews,
    pairs,
    strays: findStrays(new Map(checks.map((check) => [check.id, check])), [
      ...seen.executions.values(),
      ...seen.replaced,
    ]),
    sameRelease,
  };
}

/** One sentence that the check ended wrongly, in place of one for each replicate that was not made. */
function withEnd(review: Review, { problem, pairs }: MadePairs): Review {
  if (problem === undefined) return review;
  return { ...review, problems: review.replicate < pairs.length ? [...review.problems, problem] : [problem] };
}

/** Whatever keeps an execution's gates from being judged, its own error included. */
export function problemsOf(review: Review): Problem[] {
  return review.failure === undefined ? review.problems : [...review.problems, review.failure];
}

export function reviewsOf(reviews: readonly Review[], arm: Arm): Review[] {
  return reviews.filter((review) => review.arm === arm);
}
