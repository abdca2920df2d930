/** The gates of all guardrails: each judged on its pairs of replicates, those of a ticket at one level together. */
import { ARMS } from '../schema/entry.ts';
import type { Guardrail } from '../schema/promise.ts';
import type { Gate } from '../schema/run.ts';
import { worst } from '../schema/verdict.ts';
import { holmLevels } from '../statistics/holm.ts';
import { type Evidence, problemsOf } from './evidence.ts';
import { type GuardrailEvidence, guardrailEvidence, judgeGuardrail, logWorsening } from './guardrail.ts';
import { changeOf, detectable } from './guardrail-estimate.ts';
import { measuredChange } from './guardrail-reason.ts';
import { FALSE_FAIL } from './levels.ts';
import { reportLooks } from './look-report.ts';
import { type ArmStatistics, heldToNoise, logNoiseFloor, noiseFloor } from './noise-floor.ts';
import { distinctProblems, type Problem, sentencesOf } from './problem.ts';
import { rerunCommand } from './rerun.ts';
import type { Review } from './review.ts';
import { familyOf } from './stopping.ts';

/** What one guardrail is judged from. */
interface Case {
  promise: Guardrail;
  checks: string[];
  problems: Problem[];
  statistics: ArmStatistics;
  worsening: number[];
  whole: boolean;
  evidence: GuardrailEvidence;
}

export function judgeGuardrails(evidence: Evidence, guardrails: readonly Guardrail[]): Gate[] {
  const families = Map.groupBy(guardrails, familyOf).values();
  return [...families].flatMap((family) => {
    const cases = family.map((promise) => caseOf(evidence, promise));
    const levels = holmLevels(
      cases.map((one) => one.evidence.within),
      FALSE_FAIL.guardrail,
    );
    return cases.map((one, index) => gateOf(evidence, one, levels[index] as number));
  });
}

function caseOf(evidence: Evidence, promise: Guardrail): Case {
  const { suite, measure, unit } = promise;
  const feeding = evidence.reviews.filter(
    ({ planned }) => planned.suite === suite && Object.hasOwn(planned.measures, measure),
  );
  const checks = [...new Set(feeding.map(({ planned }) => planned.id))];
  const problems: Problem[] = [
    ...malformation(promise, feeding, checks),
    ...evidence.strays.filter((stray) => stray.measure === measure && (stray.suite ?? suite) === suite),
    ...feeding.flatMap((review) => [...problemsOf(review), ...(review.samples.get(measure)?.problems ?? [])]),
  ];
  // Pairs of several checks are not alike, and samples of another unit prove nothing by this tolerance.
  const usable = checks.length === 1 && feeding.every(({ planned }) => planned.measures[measure] === unit);
  const made = usable ? evidence.pairs.get(checks[0] as string) : undefined;
  const statistics = (made?.pairs ?? []).flatMap((pair) => pair.statistics.get(promise.id) ?? []);
  const worsening = statistics.flatMap((pair) => logWorsening(promise, pair) ?? []);
  problems.push(...withoutRatio(promise, statistics));
  const whole = made?.whole ?? false;
  return {
    promise,
    checks,
    problems,
    statistics,
    worsening,
    whole,
    evidence: guardrailEvidence(promise, worsening, whole),
  };
}

/** What makes the promise itself unfit to judge these checks by. */
function malformation({ measure, unit }: Guardrail, feeding: readonly Review[], checks: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  if (checks.length > 1) {
    problems.push({
      verdict: 'error',
      says: `a guardrail pairs the replicates of one check, not of ${checks.join(', ')}`,
    });
  }
  for (const arm of ARMS) {
    if (!feeding.some((review) => review.arm === arm)) {
      problems.push({ verdict: 'no-data', says: `no planned check measures ${measure} on the ${arm}` });
    }
  }
  for (const { planned } of feeding) {
    if (planned.measures[measure] === unit) continue;
    problems.push({
      verdict: 'error',
      says: `${planned.id} gives ${measure} in ${planned.measures[measure]}, the promise is in ${unit}`,
    });
  }
  return problems;
}

/** A statistic of 0 or less has no ratio; a replicate without a sample is not a pair. */
function withoutRatio({ statistic, measure }: Guardrail, statistics: Case['statistics']): Problem[] {
  return statistics.flatMap((pair, replicate) =>
    ARMS.flatMap((arm): Problem[] => {
      const value = pair[arm];
      if (value === null) {
        return [{ verdict: 'no-data', says: `replicate ${replicate} has no sample of ${measure} on the ${arm}` }];
      }
      if (value > 0) return [];
      return [
        {
          verdict: 'error',
          says: `the ${statistic} of ${measure} is ${value} on the ${arm}, replicate ${replicate}: only values above 0 have a ratio`,
        },
      ];
    }),
  );
}

function gateOf(seen: Evidence, one: Case, failLevel: number): Gate {
  const { scope } = seen;
  const { promise, worsening, checks } = one;
  const problems = distinctProblems(one.problems);
  const byPairs = judgeGuardrail(promise, one.evidence, worsening.length, failLevel);
  const floor = logNoiseFloor(promise, one.statistics);
  const alone = heldToNoise(promise, byPairs, worsening, floor);
  const verdict = worst([alone, ...problems.map((problem) => problem.verdict)]);
  const candidate = changeOf(promise, worsening, one.whole, failLevel);
  const minimumDetectable = detectable(promise, worsening, failLevel);
  const finding = measuredChange(promise, {
    change: candidate,
    statistics: one.statistics,
    baseline: scope.provenance.arms.baseline,
    minimumDetectable,
    noiseFloor: noiseFloor(promise, floor),
    byPairs,
    verdict: alone,
  });
  const looks = reportLooks(seen, promise, checks);
  const standing = sentencesOf(problems);
  const both = verdict === 'fail' ? `${finding}; besides: ${standing}` : `${standing}; ${finding}`;
  return {
    id: promise.id,
    suite: promise.suite,
    ...(promise.ticket === undefined ? {} : { ticket: promise.ticket }),
    kind: promise.kind,
    says: promise.says,
    measure: promise.measure,
    statistic: promise.statistic,
    operator: promise.worse === 'higher' ? '<=' : '>=',
    limit: promise.worse === 'higher' ? promise.tolerance : -promise.tolerance,
    tolerance: promise.tolerance,
    minimumDetectable,
    noiseFloor: noiseFloor(promise, floor),
    unit: promise.unit,
    verdict,
    reason: standing === '' ? finding : both,
    candidate,
    ...(looks === undefined ? {} : { looks }),
    checks,
    rerun: rerunCommand(scope, checks),
  };
}
