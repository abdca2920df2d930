/** All that was seen, sorted and reviewed against the scope: what every gate is judged from. */
import type { Arm, Entry } from '../schema/entry.ts';
import type { Scope } from '../schema/scope.ts';
import { missingComponents } from './components.ts';
import { byText, executionKey, groupEntries, type Seen } from './executions.ts';
import type { Problem } from './problem.ts';
import { type Review, reviewExecution } from './review.ts';
import { findStrays, type Stray } from './strays.ts';

export interface Evidence {
  scope: Scope;
  seen: Seen;
  /** One for each planned execution, by check, arm and replicate. */
  reviews: Review[];
  strays: Stray[];
  /** Both arms are one release. */
  sameRelease: boolean;
}

export function gatherEvidence(scope: Scope, entries: readonly Entry[]): Evidence {
  const seen = groupEntries(entries);
  const checks = [...scope.checks].sort((a, b) => byText(a.id, b.id));
  const reviews = checks.flatMap((planned) => {
    const blocked = missingComponents(planned, seen.components);
    return [...new Set(planned.arms)].sort(byText).flatMap((arm) =>
      Array.from({ length: planned.replicates }, (_, replicate) => {
        const execution = seen.executions.get(executionKey(planned.id, arm, replicate));
        return reviewExecution(planned, arm, replicate, execution, blocked, scope.startedAt);
      }),
    );
  });
  const { baseline, candidate } = scope.provenance.arms;
  return {
    scope,
    seen,
    reviews,
    strays: findStrays(new Map(checks.map((check) => [check.id, check])), seen.executions.values()),
    sameRelease: baseline === candidate,
  };
}

/** Whatever keeps an execution's gates from being judged, its own error included. */
export function problemsOf(review: Review): Problem[] {
  return review.failure === undefined ? review.problems : [...review.problems, review.failure];
}

export function reviewsOf(reviews: readonly Review[], arm: Arm): Review[] {
  return reviews.filter((review) => review.arm === arm);
}
