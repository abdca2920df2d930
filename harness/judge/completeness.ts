/** What a run did not finish: a sentence each. A run with any of these is never a pass. */
import type { Run } from '../schema/run.ts';
import type { Evidence } from './evidence.ts';
import { byText, type Execution } from './executions.ts';

/** At most this many sentences are told one by one. */
const SHOWN = 100;

const CUT_SHORT = {
  bailed: 'the run stopped at its first failure (--bail)',
  interrupted: 'the run was interrupted',
  deadline: 'the run reached its deadline',
  killed: 'the run was killed: no line says that it ended',
};

/** How the run ended, and `killed` when nothing says so. */
export function endOf({ seen }: Evidence): Pick<Run, 'ended' | 'endedAt'> {
  const last = seen.runEnded.at(-1);
  return { ended: last?.how ?? 'killed', endedAt: last?.at ?? null };
}

/** `damage` is what reading the run's folder found, `unjudged` the expected gates that nothing could be judged by. */
export function whatIsMissing(evidence: Evidence, damage: readonly string[], unjudged: readonly string[]): string[] {
  const { seen, reviews, strays } = evidence;
  const { ended, endedAt } = endOf(evidence);
  const hows = new Set(seen.runEnded.map((entry) => entry.how));
  const cut = seen.runEnded.length === 0 ? [ended] : [...hows].sort(byText);
  const sentences = [
    ...[...damage].sort(byText),
    ...cut.filter((how) => how !== 'finished').map((how) => CUT_SHORT[how]),
    ...(seen.runEnded.length > 1 ? [`the run ended ${seen.runEnded.length} times`] : []),
    ...(endedAt !== null && Date.parse(endedAt) < Date.parse(evidence.scope.startedAt)
      ? [`the clock went backwards: the run began at ${evidence.scope.startedAt} and ended at ${endedAt}`]
      : []),
    ...(endedAt === null ? [] : writtenAfter(Date.parse(endedAt), [...seen.executions.values(), ...seen.replaced])),
    ...repeated(evidence.scope.checks.map((check) => check.id)).map((id) => `${id} is planned more than once`),
    ...reviews.flatMap((review) => [
      ...review.problems.map((problem) => problem.cause ?? problem.says),
      // In an A/A run the baseline's error is the candidate's: it is one release, and both arms are to show the same.
      ...(evidence.sameRelease && review.failure !== undefined ? [review.failure.says] : []),
      ...[...review.samples.values()].flatMap((samples) => samples.problems.map((problem) => problem.says)),
    ]),
    ...seen.troubles.map((trouble) => trouble.says).sort(byText),
    ...strays.map((stray) => stray.says),
    ...unjudged,
  ];
  const distinct = [...new Set(sentences)];
  const hidden = distinct.length - SHOWN;
  return hidden > 0 ? [...distinct.slice(0, SHOWN), `and ${hidden} more`] : distinct;
}

function repeated(ids: readonly string[]): string[] {
  const groups = [...Map.groupBy(ids, (id) => id)];
  return groups
    .filter(([, same]) => same.length > 1)
    .map(([id]) => id)
    .sort(byText);
}

/** Told by the times in the lines, so that it does not matter where in the file they stand. */
function writtenAfter(end_ms: number, executions: Iterable<Execution>): string[] {
  return [...executions]
    .filter((execution) => latest(execution) > end_ms)
    .map(
      ({ check, arm, replicate }) => `${check} on the ${arm}, replicate ${replicate}, went on after the run had ended`,
    )
    .sort(byText);
}

function latest({ started, ended, batches }: Execution): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const { at } of [...started, ...ended]) found = Math.max(found, Date.parse(at));
  for (const ofMeasure of batches.values()) for (const { t0_ms } of ofMeasure) found = Math.max(found, t0_ms);
  return found;
}
