/** Lines that the scope does not know: they belong to no plan, so whoever reads their gate cannot know what was judged. */
import type { PlannedCheck } from '../schema/scope.ts';
import { byText, type Execution } from './executions.ts';
import type { Problem } from './problem.ts';

export interface Stray extends Problem {
  check: string;
  /** Absent when the scope does not know the check either. */
  suite?: string;
  /** Absent for lines other than observations. */
  measure?: string;
}

export function findStrays(planned: ReadonlyMap<string, PlannedCheck>, executions: Iterable<Execution>): Stray[] {
  return [...executions]
    .flatMap((execution) => straysOf(planned.get(execution.check), execution))
    .sort((a, b) => byText(a.says, b.says));
}

function straysOf(planned: PlannedCheck | undefined, execution: Execution): Stray[] {
  const { check, arm, replicate } = execution;
  const stray = (what: string, measure?: string): Stray => ({
    verdict: 'error',
    says: `not in the scope: ${what}`,
    check,
    ...(planned === undefined ? {} : { suite: planned.suite }),
    ...(measure === undefined ? {} : { measure }),
  });
  const inScope = planned?.arms.includes(arm) && replicate < planned.replicates;
  const strays: Stray[] = inScope ? [] : [stray(`${check} on the ${arm}, replicate ${replicate}`)];
  for (const measure of execution.batches.keys()) {
    if (!inScope || !Object.hasOwn(planned?.measures ?? {}, measure)) {
      strays.push(stray(`${measure} of ${check} on the ${arm}, replicate ${replicate}`, measure));
    }
  }
  for (const name of new Set(execution.facts.map((fact) => fact.name))) {
    if (inScope && !planned?.facts.includes(name)) strays.push(stray(`the fact "${name}" of ${check}`));
  }
  return strays;
}
