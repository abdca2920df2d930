/** Which parts of which logs the executions of a check left. */
import { type CheckReport, MOST_LOG_PARTS } from '../schema/run.ts';
import type { Review } from './review.ts';

/** Those of executions that went wrong come first, so that they are kept where not all are. */
export function logsOf(reviews: readonly Review[]): NonNullable<CheckReport['logs']> {
  const parts = reviews.flatMap((review) => {
    const { arm, replicate, execution } = review;
    const wrong = wentWrong(review) ? { wrong: true as const } : {};
    return (execution?.ended ?? []).flatMap(({ logs = [] }) =>
      logs.map((part) => ({ ...part, arm, replicate, ...wrong })),
    );
  });
  const { wrong = [], right = [] } = Object.groupBy(parts, ({ wrong }) => (wrong ? 'wrong' : 'right'));
  return [...wrong, ...right].slice(0, MOST_LOG_PARTS);
}

/** The baseline is there to break what the candidate keeps: of its facts none is wrong. */
function wentWrong({ arm, execution, facts }: Review): boolean {
  const ended = execution?.ended ?? [];
  return (
    ended.some(({ status }) => status !== 'completed') || (arm === 'candidate' && facts.some(({ holds }) => !holds))
  );
}
