/** The gates of all promises about one measure of one suite; its samples are pooled and sorted once. */
import { ARMS, type Arm } from '../schema/entry.ts';
import type { LimitPromise } from '../schema/promise.ts';
import type { Gate } from '../schema/run.ts';
import { type Verdict, worst } from '../schema/verdict.ts';
import { estimateOf, Pool } from './estimate.ts';
import { type Evidence, problemsOf, reviewsOf } from './evidence.ts';
import { type FixVerdict, judgeFix } from './fix.ts';
import { judgeLimit } from './limit.ts';
import { judgeLooked, type Looked } from './limit-looks.ts';
import { reportLooks } from './look-report.ts';
import { exactly } from './numbers.ts';
import { distinctProblems, type Problem, sentencesOf } from './problem.ts';
import { because, comparedWith, measured } from './reason.ts';
import { rerunCommand } from './rerun.ts';
import type { Review } from './review.ts';

/** What one arm gave of the measure. */
interface ArmSamples {
  planned: boolean;
  pool: Pool;
  /** They were looked at after every pair; `whole`: up to the end of the budget. */
  looked: { whole: boolean } | undefined;
  problems: Problem[];
  factors: number[];
}

/** Judges `promises`, which must all be about `measure` of `suite`. */
export function judgeMeasure(
  evidence: Evidence,
  suite: string,
  measure: string,
  promises: readonly LimitPromise[],
): Gate[] {
  const feeding = evidence.reviews.filter(
    ({ planned }) => planned.suite === suite && Object.hasOwn(planned.measures, measure),
  );
  const strays = evidence.strays.filter(
    (stray) => stray.measure === measure && (stray.suite === undefined || stray.suite === suite),
  );
  const arms = Object.fromEntries(
    ARMS.map((arm) => [arm, samplesOf(evidence, reviewsOf(feeding, arm), measure, arm)]),
  ) as Record<Arm, ArmSamples>;
  return promises.map((promise) => judgePromise(evidence, promise, feeding, arms, strays));
}

function samplesOf(evidence: Evidence, reviews: readonly Review[], measure: string, arm: Arm): ArmSamples {
  const samples = reviews.map((review) => review.samples.get(measure) ?? { batches: [], problems: [] });
  const executions = samples.map(({ batches }) => batches.map((batch) => batch.observation));
  const looked = reviews.filter(({ planned }) => planned.leastReplicates !== undefined);
  const problems = reviews.flatMap((review, index) => [...problemsOf(review), ...(samples[index]?.problems ?? [])]);
  if (reviews.length === 0) {
    problems.push({ verdict: 'no-data', says: `no planned check measures ${measure} on the ${arm}` });
  }
  return {
    planned: reviews.length > 0,
    pool: new Pool(executions.map((batches) => batches.map((observation) => observation.values))),
    looked:
      looked.length === 0
        ? undefined
        : { whole: looked.every(({ planned }) => evidence.pairs.get(planned.id)?.whole === true) },
    problems,
    factors: [...new Set(executions.flat().map((observation) => observation.factor ?? 1))],
  };
}

function judgePromise(
  evidence: Evidence,
  promise: LimitPromise,
  feeding: readonly Review[],
  arms: Record<Arm, ArmSamples>,
  strays: readonly Problem[],
): Gate {
  const { scope, sameRelease } = evidence;
  const malformed = malformation(promise, feeding);
  // Samples of another unit prove nothing by this limit.
  const poolOf = (arm: Arm) => (malformed.length === 0 ? arms[arm].pool : new Pool([]));
  const seenOn = (arm: Arm) => look(promise, poolOf(arm), arms[arm].looked);
  const [onCandidate, onBaseline] = [seenOn('candidate'), seenOn('baseline')];
  const candidate = onCandidate.estimate();
  const baseline = onBaseline.estimate();

  const comparing = promise.kind === 'fix' && !sameRelease;
  const own = [...malformed, ...strays, ...arms.candidate.problems];
  const problems = distinctProblems(comparing ? [...own, ...arms.baseline.problems] : own);
  const alone = onCandidate.verdict(own.length === 0);
  const fix = comparing
    ? judgeFix(alone, baseline, onBaseline.verdict, arms.baseline.problems.length === 0)
    : { verdict: alone };
  const verdict = worst([fix.verdict, ...problems.map((problem) => problem.verdict)]);

  const notes = because(promise, candidate, alone);
  if (arms.baseline.planned && !sameRelease)
    notes.push(comparedWith(scope.provenance.arms.baseline, promise, baseline));
  if (comparing) notes.push(...tellFix(fix));
  if (promise.kind === 'fix' && sameRelease) notes.push('A/A run: judged on the limit alone');
  notes.push(...tellFactors([...arms.candidate.factors, ...arms.baseline.factors]));
  const checks = [...new Set(feeding.map((review) => review.planned.id))];
  const looks = reportLooks(evidence, promise, checks);
  return {
    id: promise.id,
    suite: promise.suite,
    ...(promise.ticket === undefined ? {} : { ticket: promise.ticket }),
    kind: promise.kind,
    says: promise.says,
    measure: promise.measure,
    statistic: promise.statistic,
    ...(promise.threshold === undefined ? {} : { threshold: promise.threshold }),
    operator: promise.operator,
    limit: promise.limit,
    unit: promise.unit,
    verdict,
    reason: assemble(verdict, sentencesOf(problems), [measured(promise, candidate), ...notes].join('; ')),
    candidate,
    ...(arms.baseline.planned ? { baseline } : {}),
    ...(fix.discriminates === undefined ? {} : { discriminates: fix.discriminates }),
    ...(looks === undefined ? {} : { looks }),
    checks,
    rerun: rerunCommand(scope, checks),
  };
}

/** What one arm's samples say by themselves: by the bets of every look, or once, by the exact interval. */
function look(promise: LimitPromise, pool: Pool, looked: ArmSamples['looked']): Looked {
  if (looked !== undefined) return judgeLooked(promise, pool, looked.whole);
  const estimate = estimateOf(promise, pool);
  return { estimate: () => estimate, verdict: (allThere) => judgeLimit(promise, estimate, allThere) };
}

/** What makes the promise itself unfit to judge these checks by. */
function malformation(promise: LimitPromise, feeding: readonly Review[]): Problem[] {
  const problems: Problem[] = feeding
    .filter(({ planned }) => planned.measures[promise.measure] !== promise.unit)
    .map(({ planned }) => ({
      verdict: 'error',
      says: `${planned.id} gives ${promise.measure} in ${planned.measures[promise.measure]}, the promise is in ${promise.unit}`,
    }));
  const checks = new Set(feeding.map(({ planned }) => planned.id));
  if (checks.size > 1 && feeding.some(({ planned }) => planned.leastReplicates !== undefined)) {
    problems.push({
      verdict: 'error',
      says: `a check that may end early feeds its promises alone, not beside others: ${[...checks].join(', ')}`,
    });
  }
  if (promise.statistic.endsWith('-above') && promise.threshold === undefined) {
    problems.push({ verdict: 'error', says: `the promise has the statistic ${promise.statistic} and no threshold` });
  }
  return problems;
}

/** What stands in the way comes first, unless the breach is certain all the same. */
function assemble(verdict: Verdict, problems: string, finding: string): string {
  if (problems === '') return finding;
  return verdict === 'fail' ? `${finding}; besides: ${problems}` : `${problems}; ${finding}`;
}

function tellFix({ verdict, discriminates }: FixVerdict): string[] {
  if (discriminates === false) return ['the baseline does not break the limit, so no fix is shown'];
  return verdict === 'no-data' && discriminates === undefined ? ['without the baseline no fix is shown'] : [];
}

function tellFactors(factors: readonly number[]): string[] {
  const divided = [...new Set(factors)].filter((factor) => factor !== 1).sort((a, b) => a - b);
  return divided.length === 0 ? [] : [`timings were divided by ${divided.map(exactly).join(', ')}`];
}
