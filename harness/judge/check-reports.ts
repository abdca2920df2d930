/** How each planned check went, over all its executions. */
import type { CheckStatus } from '../schema/entry.ts';
import type { CheckReport } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { rerunCommand } from './rerun.ts';
import type { Review } from './review.ts';

/** `reviews` are all of one check, by arm and replicate, at least one. */
export function reportCheck(scope: Scope, reviews: readonly Review[]): CheckReport {
  const { planned } = reviews[0] as Review;
  const error = errorOf(reviews);
  return {
    id: planned.id,
    suite: planned.suite,
    ...(planned.ticket === undefined ? {} : { ticket: planned.ticket }),
    lane: planned.lane,
    status: statusOf(reviews),
    duration_ms: durationOf(reviews),
    ...(error === '' ? {} : { error }),
    facts: reviews.flatMap(({ arm, replicate, facts }) =>
      facts.map(({ name, holds, evidence }) => ({
        arm,
        replicate,
        name,
        holds,
        ...(evidence === undefined ? {} : { evidence }),
      })),
    ),
    rerun: rerunCommand(scope, [planned.id]),
  };
}

/** The worst of all executions; one that never started or never ended was interrupted. */
function statusOf(reviews: readonly Review[]): CheckStatus {
  if (reviews.some((review) => review.failure !== undefined)) return 'error';
  const finished = reviews.every(
    ({ execution }) =>
      execution !== undefined &&
      execution.started.length > 0 &&
      execution.ended.length > 0 &&
      execution.ended.every((end) => end.status === 'completed'),
  );
  return finished ? 'completed' : 'interrupted';
}

/** From the first start to the last end; 0 when either is missing. */
function durationOf(reviews: readonly Review[]): number {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { execution } of reviews) {
    for (const { at } of execution?.started ?? []) first = Math.min(first, Date.parse(at));
    for (const { at } of execution?.ended ?? []) last = Math.max(last, Date.parse(at));
  }
  // Either of them missing makes it -Infinity.
  return Math.max(0, last - first);
}

function errorOf(reviews: readonly Review[]): string {
  return reviews
    .flatMap(({ arm, replicate, planned, execution }) =>
      (execution?.ended ?? []).flatMap(({ error }) =>
        error === undefined ? [] : [`${arm}${planned.replicates > 1 ? `, replicate ${replicate}` : ''}: ${error}`],
      ),
    )
    .sort()
    .join('\n');
}
