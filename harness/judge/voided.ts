/**
 * Attempts at a pair of replicates. A replicate that the load generator spoilt by its own lateness is voided, and its
 * pair is made again as a whole, in the same order and with the same seeds. So whether a pair counts depends on what
 * happened first and what second, and never on which release that was: the coin that put the arms in their order stays
 * fair among the pairs that count, which is all that the levels of `stopping.ts` ask for. Making the one arm again alone
 * would set its pair apart in time, by a choice that the noise made.
 *
 * Nothing may be thrown away by this: an attempt that no voided replicate explains is an error, as are more of them than
 * `voidedPairsMax`, and a fact that was broken stays broken whatever became of the attempt.
 */
import type { Fact } from '../schema/entry.ts';
import type { CheckReport } from '../schema/run.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { byText, type Execution } from './executions.ts';
import type { Problem } from './problem.ts';
import { isVoided, type Review, reviewExecution, whereIs } from './review.ts';

/**
 * How many pairs a measured check may make again, over all its replicates: one for every four of its budget. The check
 * is an error at the next one, since a machine, or a release, that keeps the generator from its work cannot be measured.
 * None for a check that makes no pairs.
 */
export function voidedPairsMax({ leastReplicates, replicates }: Pick<PlannedCheck, 'leastReplicates' | 'replicates'>) {
  return leastReplicates === undefined ? 0 : Math.ceil(replicates / 4);
}

/** `reviews` and `replaced` are all of one check; what is wrong with the attempts becomes a problem of their replicate. */
export function withAttempts(
  planned: PlannedCheck,
  reviews: readonly Review[],
  replaced: readonly Execution[],
  runStartedAt: string,
): Review[] {
  const counting = reviews.flatMap(({ execution }) => execution ?? []);
  const pairs = Map.groupBy([...replaced, ...counting], ({ replicate }) => replicate);
  const spent = [...pairs.values()].reduce((sum, pair) => sum + lastAttempt(pair), 0);
  const most = voidedPairsMax(planned);
  const tooMany: Problem[] =
    spent > most
      ? [{ verdict: 'error', says: `${planned.id} made ${spent} pairs again, at most ${most} were expected` }]
      : [];
  return reviews.map((review) => {
    const pair = pairs.get(review.replicate) ?? [];
    const own = pair
      .filter((execution) => execution.arm === review.arm && execution !== review.execution)
      .sort((a, b) => a.attempt - b.attempt);
    return {
      ...review,
      replaced: own,
      facts: [...own.flatMap(brokenFacts), ...review.facts].sort(
        (a, b) => byText(a.name, b.name) || Number(a.holds) - Number(b.holds),
      ),
      problems: [
        ...review.problems,
        ...notMadeAgain(review),
        ...tooMany,
        ...own.flatMap((execution) => linesProblems(planned, execution, runStartedAt)),
        ...courseProblems(planned, review.replicate, pair),
      ],
    };
  });
}

function notMadeAgain({ planned: { id, replicates }, arm, replicate, execution }: Review): Problem[] {
  if (!isVoided(execution)) return [];
  return [{ verdict: 'no-data', says: `${whereIs(id, arm, replicate, replicates)} was voided and not made again` }];
}

/** Of one arm in one replicate, as the report tells them. */
export function voidedOf({ arm, replicate, replaced, execution }: Review): NonNullable<CheckReport['voided']> {
  return [...replaced, ...(execution === undefined ? [] : [execution])].flatMap(({ attempt, ended }) =>
    ended
      .filter(({ status }) => status === 'voided')
      .map(({ at, error = 'no message' }) => ({
        arm,
        replicate,
        attempt,
        at,
        says: error.split('\n', 1)[0] as string,
      })),
  );
}

function lastAttempt(pair: readonly Execution[]): number {
  return Math.max(0, ...pair.map(({ attempt }) => attempt));
}

/** The lines of an attempt that does not count must add up like those of one that does. */
function linesProblems(planned: PlannedCheck, execution: Execution, runStartedAt: string): Problem[] {
  const { arm, replicate, attempt } = execution;
  const { problems, failure, samples } = reviewExecution(planned, arm, replicate, execution, [], runStartedAt);
  return [
    ...problems,
    ...(failure === undefined ? [] : [failure]),
    ...[...samples.values()].flatMap((measure) => measure.problems),
  ].map((problem) => ({ ...problem, says: `attempt ${attempt}: ${problem.says}` }));
}

/** Attempts are numbered from 0 without a hole, each but the last was ended by one voided replicate, each begins after the one before. */
function courseProblems({ id }: PlannedCheck, replicate: number, pair: readonly Execution[]): Problem[] {
  const problem = (says: string): Problem => ({ verdict: 'error', says });
  if (lastAttempt(pair) === 0) return [];
  const attempts = [...Map.groupBy(pair, ({ attempt }) => attempt)].sort(([a], [b]) => a - b);
  return attempts.flatMap(([attempt, executions], index) => {
    const where = `attempt ${attempt} at replicate ${replicate} of ${id}`;
    const before = attempts[index - 1]?.[1];
    return [
      ...(attempt === index ? [] : [problem(`${where} is here, attempt ${index} is not`)]),
      ...(index === attempts.length - 1 || executions.filter(isVoided).length === 1
        ? []
        : [problem(`${where} was made again, but it is not that one replicate of it was voided`)]),
      ...(before !== undefined && startOf(executions) < endOf(before)
        ? [problem(`${where} began before the attempt before it had ended`)]
        : []),
    ];
  });
}

function startOf(executions: readonly Execution[]): number {
  return Math.min(...executions.flatMap(({ started }) => started.map(({ at }) => Date.parse(at))));
}

function endOf(executions: readonly Execution[]): number {
  return Math.max(...executions.flatMap(({ ended }) => ended.map(({ at }) => Date.parse(at))));
}

function brokenFacts({ facts, attempt }: Execution): Fact[] {
  return facts
    .filter(({ holds }) => !holds)
    .map((fact) => ({
      ...fact,
      evidence: `in attempt ${attempt}, whose pair was made again${fact.evidence === undefined ? '' : `: ${fact.evidence}`}`,
    }));
}
