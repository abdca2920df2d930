/** How each planned check went, over all its executions. */
import type { CheckStatus } from '../schema/entry.ts';
import type { CheckReport } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { byText } from './executions.ts';
import { rerunCommand } from './rerun.ts';
import type { Review } from './review.ts';
import { voidedOf } from './voided.ts';

/** `reviews` are all of one check, by arm and replicate, at least one. */
export function reportCheck(scope: Scope, reviews: readonly Review[]): CheckReport {
  const { planned } = reviews[0] as Review;
  const error = errorOf(reviews);
  const voided = reviews
    .flatMap(voidedOf)
    .sort((a, b) => a.replicate - b.replicate || a.attempt - b.attempt || byText(a.arm, b.arm));
  return {
    id: planned.id,
    suite: planned.suite,
    ...(planned.ticket === undefined ? {} : { ticket: planned.ticket }),
    lane: planned.lane,
    status: statusOf(reviews),
    duration_ms: durationOf(reviews),
    ...(error === '' ? {} : { error }),
    ...(voided.length === 0 ? {} : { voided }),
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
  for (const { started, ended } of reviews.flatMap(({ execution, replaced }) =>
    execution === undefined ? replaced : [...replaced, execution],
  )) {
    for (const { at } of started) first = Math.min(first, Date.parse(at));
    for (const { at } of ended) last = Math.max(last, Date.parse(at));
  }
  // Either of them missing makes it -Infinity.
  return Math.max(0, last - first);
}

function errorOf(reviews: readonly Review[]): string {
  return reviews
    .flatMap(({ arm, replicate, planned, execution }) =>
      (execution?.ended ?? []).flatMap(({ error, status }) =>
        error === undefined || status === 'voided'
          ? []
          : [`${arm}${planned.replicates > 1 ? `, replicate ${replicate}` : ''}: ${error}`],
      ),
    )
    .sort()
    .join('\n');
}
