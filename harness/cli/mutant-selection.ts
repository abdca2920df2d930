/** Which mutants a proof tries, and which checks can see each. */
import type { Discovered } from '../checks/discover.ts';
import { StaleMutantError } from '../mutants/change.ts';
import { changeOf } from '../mutants/declared.ts';
import type { Mutant } from '../schema/mutant.ts';
import { type Profile, reaches } from '../schema/promise.ts';
import { expandTicket } from './select.ts';
import { oneOf } from './usage-error.ts';

export interface MutantFilters {
  readonly mutant: readonly string[];
  readonly ticket: readonly string[];
  /** Only those that a run of this profile can see. @default all */
  readonly profile?: Profile;
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

/** The mutants to try, those of the quickest checks first. @throws UsageError for a mutant or ticket that does not exist */
export function chooseMutants(
  { mutants, suites }: Discovered,
  { mutant, ticket, profile = 'nightly', sample }: MutantFilters,
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
    (one) =>
      (ids.length === 0 || ids.includes(one.id)) &&
      (tickets.length === 0 || tickets.includes(one.ticket ?? '')) &&
      reaches(profile, one.profile),
  );
  while (sample !== undefined && left.length > sample) left.splice(Math.floor(random() * left.length), 1);
  return left;
}

/** Every check that feeds a gate which must catch the mutant; one that is left out would leave its promise unjudged. */
export function checksFor(mutant: Mutant, { checks, promises }: Discovered): string[] {
  return checks
    .filter((check) => check.suite.id === mutant.suite && reaches(mutant.profile, check.options.from))
    .filter((check) =>
      mutant.gates.some(
        (gate) =>
          gate === `${check.id}/facts` ||
          promises.some((promise) => promise.id === gate && Object.hasOwn(check.options.measures, promise.measure)),
      ),
    )
    .map((check) => check.id);
}

/** The checks a mutant is tried with: all of its suite, or those that can see it. */
function triedWith(mutant: Mutant, discovered: Discovered, whole: boolean) {
  const ids = checksFor(mutant, discovered);
  return discovered.checks.filter((check) =>
    whole ? check.suite.id === mutant.suite && reaches(mutant.profile, check.options.from) : ids.includes(check.id),
  );
}

/** What these mutants' checks need, and nothing that only other checks of their suites do. */
export function componentsFor(mutants: readonly Mutant[], discovered: Discovered, whole: boolean): string[] {
  const checks = mutants.flatMap((mutant) => triedWith(mutant, discovered, whole));
  return [...new Set(checks.flatMap((check) => check.options.stack?.components ?? []))];
}

/** Whether a check that the mutant is tried with is of the lane `timing`: what it measures, others must not disturb. */
export function needsMachineAlone(mutant: Mutant, discovered: Discovered, whole: boolean): boolean {
  return triedWith(mutant, discovered, whole).some((check) => check.options.lane === 'timing');
}
