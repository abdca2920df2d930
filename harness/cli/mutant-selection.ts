/** Which mutants a proof tries, and which checks can see each. */
import type { Discovered, DiscoveredCheck } from '../checks/discover.ts';
import { StaleMutantError } from '../mutants/change.ts';
import { changeOf } from '../mutants/declared.ts';
import type { Mutant } from '../schema/mutant.ts';
import { reaches } from '../schema/promise.ts';
import { expandTicket } from './select.ts';
import { oneOf } from './usage-error.ts';

export interface MutantFilters {
  readonly mutant: readonly string[];
  readonly ticket: readonly string[];
  /** How many to draw of those that are left. @default all */
  readonly sample?: number;
}

/** A sentence for each mutant whose text is not in its file exactly once. */
export function checkFresh(mutants: readonly Mutant[], root: string): string[] {
  return mutants.flatMap((mutant) => {
    try {
      changeOf(mutant, root);
      return [];
    } catch (error) {
      if (error instanceof StaleMutantError) return [`${mutant.id}: ${error.message}`];
      throw error;
    }
  });
}

/** The mutants to try. @throws UsageError for a mutant or ticket that does not exist */
export function chooseMutants(
  { mutants, suites }: Discovered,
  { mutant, ticket, sample }: MutantFilters,
  random: () => number,
): Mutant[] {
  const known = [...new Set(suites.flatMap((suite) => suite.ticket ?? []))];
  const ids = mutant.map((given) =>
    oneOf(
      'mutant',
      given,
      mutants.map((one) => one.id),
    ),
  );
  const tickets = ticket.map((given) => oneOf('ticket', expandTicket(given, known), known));
  const left = mutants.filter(
    (one) => (ids.length === 0 || ids.includes(one.id)) && (tickets.length === 0 || tickets.includes(one.ticket ?? '')),
  );
  while (sample !== undefined && left.length > sample) left.splice(Math.floor(random() * left.length), 1);
  return left;
}

/**
 * What a mutant is tried with, step by step: for each gate that must catch it, in the order they are named, every check
 * that feeds it, since one that is left out would leave its promise unjudged. A step is taken only if none before it
 * caught the mutant: who declares one names the gate that tells soonest first.
 */
export function stepsFor(mutant: Mutant, { checks, promises }: Discovered): string[][] {
  const steps = mutant.gates.map((gate) => {
    const measure = promises.find((promise) => promise.id === gate)?.measure;
    const feeds = (check: DiscoveredCheck) =>
      gate === `${check.id}/facts` || (measure !== undefined && Object.hasOwn(check.options.measures, measure));
    return checks
      .filter((check) => check.suite.id === mutant.suite && reaches(mutant.profile, check.options.from))
      .filter(feeds)
      .map((check) => check.id);
  });
  const isNew = (step: readonly string[], index: number) =>
    !steps.slice(0, index).some((before) => step.every((id) => before.includes(id)));
  return steps.filter(isNew);
}

/**
 * How mutants may be tried beside each other. `alone`: a check of the lane `timing` measures what others must not
 * disturb · `waiting`: all its checks mostly wait · `busy`: all else.
 */
export type Company = 'waiting' | 'busy' | 'alone';

/** By the lanes of the checks it may be tried with; with `whole` those are all of its suite. */
export function companyOf(mutant: Mutant, discovered: Discovered, whole: boolean): Company {
  const ids = new Set(stepsFor(mutant, discovered).flat());
  const lanes = discovered.checks
    .filter(({ id, suite, options }) =>
      whole ? suite.id === mutant.suite && reaches(mutant.profile, options.from) : ids.has(id),
    )
    .map(({ options }) => options.lane);
  if (lanes.includes('timing')) return 'alone';
  return lanes.every((lane) => lane === 'waiting') ? 'waiting' : 'busy';
}
