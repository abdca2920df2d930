/** The generated gate of a check: it ran to its end on the candidate, every declared fact was recorded and holds. */
import type { Arm } from '../schema/entry.ts';
import type { Estimate, Gate } from '../schema/run.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { worst } from '../schema/verdict.ts';
import { type Evidence, problemsOf, reviewsOf } from './evidence.ts';
import { distinctProblems, type Problem, sentencesOf } from './problem.ts';
import { rerunCommand } from './rerun.ts';
import { type Review, whereIs } from './review.ts';

export const FACTS_SUFFIX = '/facts';

/** `reviews` are all of one check, at least one. */
export function judgeFacts({ scope, strays, sameRelease }: Evidence, reviews: readonly Review[]): Gate {
  const { planned } = reviews[0] as Review;
  const needed = reviewsOf(reviews, neededArm(planned.arms));
  const problems = distinctProblems([
    ...strays.filter((stray) => stray.check === planned.id),
    ...needed.flatMap((review) => {
      const own = problemsOf(review);
      return own.length > 0 ? own : absentFacts(review);
    }),
    ...(planned.facts.length > 0 && !planned.arms.includes('candidate')
      ? [{ verdict: 'no-data', says: `${planned.id} is not planned on the candidate` } satisfies Problem]
      : []),
  ]);
  const candidate = countBroken(reviewsOf(reviews, 'candidate'), planned.facts.length);
  const baseline = countBroken(reviewsOf(reviews, 'baseline'), planned.facts.length);
  const broken = reviewsOf(reviews, 'candidate').flatMap(tellBroken);
  const verdict = broken.length > 0 ? 'fail' : worst([...problems.map((problem) => problem.verdict), 'pass']);

  const tally = (estimate: Estimate) => `${estimate.value ?? 'none'} of ${estimate.samples} facts broken`;
  const parts = [
    ...(broken.length > 0 ? [] : problems.length > 0 ? [sentencesOf(problems)] : []),
    `${tally(candidate)}, limit ≤ 0`,
    ...(broken.length > 0 ? [sentencesOf(broken)] : []),
    ...(planned.arms.includes('baseline') && !sameRelease
      ? [
          `${scope.provenance.arms.baseline}: ${baseline.value ?? 'none'} of ${baseline.samples}${ofDeclared(planned, baseline)}`,
        ]
      : []),
    ...(broken.length > 0 && problems.length > 0 ? [`besides: ${sentencesOf(problems)}`] : []),
  ];
  return {
    id: planned.id + FACTS_SUFFIX,
    suite: planned.suite,
    ...(planned.ticket === undefined ? {} : { ticket: planned.ticket }),
    kind: 'facts',
    says: says(planned.id, planned.facts),
    measure: 'facts',
    statistic: 'facts-broken',
    operator: '<=',
    limit: 0,
    unit: 'facts',
    verdict,
    reason: parts.join('; '),
    candidate,
    ...(planned.arms.includes('baseline') ? { baseline } : {}),
    checks: [planned.id],
    rerun: rerunCommand(scope, [planned.id]),
  };
}

/** Says it where an arm recorded fewer facts than its check declared: the baseline may, and `0 of 4` of 9 is not `0 of 9`. */
function ofDeclared({ facts, replicates }: PlannedCheck, { samples }: Estimate): string {
  const declared = facts.length * replicates;
  return samples < declared ? ` (${samples} of ${declared} were recorded)` : '';
}

/** Facts are promised on the candidate; a check planned on the baseline alone must at least have run there. */
function neededArm(arms: readonly Arm[]): Arm {
  return arms.includes('candidate') ? 'candidate' : 'baseline';
}

function says(check: string, facts: readonly string[]): string {
  const [only, ...others] = facts;
  if (only === undefined) return `${check} runs to its end`;
  return others.length === 0 ? `The fact of ${check}: ${only}` : `All ${facts.length} facts of ${check} hold`;
}

function absentFacts({ planned, arm, replicate, facts }: Review): Problem[] {
  const recorded = new Set(facts.map((fact) => fact.name));
  const where = whereIs(planned.id, arm, replicate, planned.replicates);
  return planned.facts
    .filter((name) => arm === 'candidate' && !recorded.has(name))
    .map((name) => ({ verdict: 'no-data', says: `${where} did not record "${name}"` }));
}

function countBroken(reviews: readonly Review[], declared: number): Estimate {
  const facts = reviews.flatMap((review) => review.facts);
  if (facts.length === 0 && (declared > 0 || reviews.length === 0)) {
    return { value: null, low: null, high: null, samples: 0 };
  }
  const broken = facts.filter((fact) => !fact.holds).length;
  return { value: broken, low: broken, high: broken, samples: facts.length };
}

function tellBroken({ planned, replicate, facts }: Review): Problem[] {
  const which = planned.replicates > 1 ? `, replicate ${replicate}` : '';
  return facts
    .filter((fact) => !fact.holds)
    .map(({ name, evidence }) => ({
      verdict: 'error',
      says: `broken${which}: ${name}${evidence === undefined ? '' : ` (${evidence})`}`,
    }));
}
