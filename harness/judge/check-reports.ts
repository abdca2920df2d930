/** How each planned check went, over all its executions. */
import { ARMS, type CheckStatus } from '../schema/entry.ts';
import type { CheckReport } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { byText } from './executions.ts';
import { logsOf } from './logs.ts';
import { rerunCommand } from './rerun.ts';
import type { Review } from './review.ts';
import { voidedOf } from './voided.ts';

/** `reviews` are all of one check, by arm and replicate, at least one. */
export function reportCheck(scope: Scope, reviews: readonly Review[]): CheckReport {
  const { planned } = reviews[0] as Review;
  const error = errorOf(reviews);
  const { first, last } = spanOf(reviews);
  const logs = logsOf(reviews);
  const voided = reviews
    .flatMap(voidedOf)
    .sort((a, b) => a.replicate - b.replicate || a.attempt - b.attempt || byText(a.arm, b.arm));
  return {
    id: planned.id,
    suite: planned.suite,
    ...(planned.ticket === undefined ? {} : { ticket: planned.ticket }),
    lane: planned.lane,
    status: statusOf(reviews),
    ...(first === Number.POSITIVE_INFINITY ? {} : { startedAt: new Date(first).toISOString() }),
    // Either of them missing makes it -Infinity.
    duration_ms: Math.max(0, last - first),
    recorded: recordedBy(reviews),
    ...(error === '' ? {} : { error }),
    ...(voided.length === 0 ? {} : { voided }),
    ...(logs.length === 0 ? {} : { logs }),
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

/** The first start and the last end, in milliseconds since 1970; infinite when there is none. */
function spanOf(reviews: readonly Review[]): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { started, ended } of reviews.flatMap(({ execution, replaced }) =>
    execution === undefined ? replaced : [...replaced, execution],
  )) {
    for (const { at } of started) first = Math.min(first, Date.parse(at));
    for (const { at } of ended) last = Math.max(last, Date.parse(at));
  }
  return { first, last };
}

/** Everything that was written, believed or not: what is not is told by the gates. */
function recordedBy(reviews: readonly Review[]): CheckReport['recorded'] {
  return ARMS.flatMap((arm) => {
    const own = reviews.filter((review) => review.arm === arm);
    const [any] = own;
    if (any === undefined) return [];
    const measures = Object.entries(any.planned.measures).map(([measure, unit]) => {
      const batches = own.flatMap(({ execution }) => execution?.batches.get(measure) ?? []);
      const values = batches.reduce((sum, { observation }) => sum + observation.values.length, 0);
      return { measure, unit, batches: batches.length, values };
    });
    const replicates = own.filter(({ execution }) => (execution?.started.length ?? 0) > 0).length;
    return [{ arm, replicates, measures }];
  });
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
