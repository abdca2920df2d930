/** From the options to what the run is about: which checks, which gates, which promises are deferred. */
import type { Discovered, DiscoveredCheck } from '../checks/discover.ts';
import type { Mutant } from '../schema/mutant.ts';
import { type Profile, type ReleasePromise, reaches } from '../schema/promise.ts';
import type { PlannedCheck, Scope } from '../schema/scope.ts';
import { oneOf } from './usage-error.ts';

export interface Filters {
  readonly ticket: readonly string[];
  readonly suite: readonly string[];
  readonly check: readonly string[];
  /** A planted change; the candidate is then run with it, and alone but for measured checks, whose pairs need another. */
  readonly mutant?: string;
}

export interface Selection {
  readonly checks: readonly DiscoveredCheck[];
  /** The promises this run decides. */
  readonly promises: readonly ReleasePromise[];
  readonly planned: readonly PlannedCheck[];
  readonly expected: readonly string[];
  readonly deferred: Scope['deferred'];
  readonly tickets: readonly string[];
  readonly narrowedBy: readonly string[];
  /** The change planted in the candidate, the only arm that is then run. */
  readonly mutant?: Mutant;
}

/**
 * Applies the filters (each widens its own kind, the kinds narrow each other) and the profile.
 * @throws UsageError for a ticket, suite, check or mutant that does not exist, naming the nearest one that does
 */
export function select(discovered: Discovered, filters: Filters, profile: Profile, replicates: number): Selection {
  const known = knownNames(discovered);
  const tickets = filters.ticket.map((given) => oneOf('ticket', expandTicket(given, known.tickets), known.tickets));
  const suites = filters.suite.map((given) => oneOf('suite', given, known.suites));
  const ids = filters.check.map((given) => oneOf('check', given, known.checks));
  const mutant = findMutant(discovered, filters.mutant);
  const runnable = mutant === undefined ? discovered.checks : discovered.checks.flatMap(onCandidateAlone);
  const wanted = runnable.filter(
    (check) =>
      (tickets.length === 0 || tickets.includes(check.suite.ticket ?? '')) &&
      (suites.length === 0 || suites.includes(check.suite.id)) &&
      (ids.length === 0 || ids.includes(check.id)) &&
      (mutant === undefined || mutant.suite === check.suite.id),
  );
  const checks = wanted.filter((check) => reaches(profile, check.options.from));
  const feeding = (promise: ReleasePromise, from: readonly DiscoveredCheck[]) =>
    from.filter((check) => check.suite.id === promise.suite && Object.hasOwn(check.options.measures, promise.measure));
  const atProfile = runnable.filter((check) => reaches(profile, check.options.from));
  const inScope = discovered.promises.filter((promise) => feeding(promise, wanted).length > 0);
  const decidable = inScope.filter((promise) => reaches(profile, promise.decidableFrom));
  // With only some of the checks that feed it, a promise would be judged on part of its samples.
  const promises = decidable.filter(
    (promise) => feeding(promise, checks).length === feeding(promise, atProfile).length,
  );
  return {
    checks,
    promises,
    planned: checks.map((check) => plan(check, replicates)),
    expected: [...promises.map((promise) => promise.id), ...checks.map((check) => `${check.id}/facts`)],
    deferred: [
      ...inScope
        .filter((promise) => !decidable.includes(promise))
        .map(({ id, decidableFrom }) => ({ id, decidableFrom })),
      ...wanted
        .filter((check) => !checks.includes(check))
        .map((check) => ({ id: `${check.id}/facts`, decidableFrom: check.options.from })),
    ],
    tickets: [...new Set(wanted.flatMap((check) => check.suite.ticket ?? []))],
    narrowedBy: [
      ...tickets.map((ticket) => `--ticket ${ticket}`),
      ...suites.map((suite) => `--suite ${suite}`),
      ...ids.map((id) => `--check ${id}`),
      ...(mutant === undefined ? [] : [`--mutant ${mutant.id}`]),
    ],
    ...(mutant === undefined ? {} : { mutant }),
  };
}

function findMutant({ mutants }: Discovered, given: string | undefined): Mutant | undefined {
  if (given === undefined) return undefined;
  const ids = mutants.map((mutant) => mutant.id);
  const id = oneOf('mutant', given, ids);
  return mutants.find((mutant) => mutant.id === id);
}

/** What a mutant does shows on the candidate; only pairs need the baseline, which is then the candidate without it. */
function onCandidateAlone(check: DiscoveredCheck): DiscoveredCheck[] {
  if (check.options.pairs !== undefined) return [check];
  if (!check.options.arms.includes('candidate')) return [];
  return [{ ...check, options: { ...check.options, arms: ['candidate'] } }];
}

function knownNames({ suites, checks }: Discovered) {
  return {
    tickets: [...new Set(suites.flatMap((suite) => suite.ticket ?? []))],
    suites: suites.map((suite) => suite.id),
    checks: checks.map((check) => check.id),
  };
}

/** `1001` is short for the one ticket that ends so. */
export function expandTicket(given: string, tickets: readonly string[]): string {
  const ending = tickets.filter((ticket) => ticket.endsWith(`-${given}`));
  return ending.length === 1 && ending[0] !== undefined ? ending[0] : given;
}

function plan({ id, suite, options }: DiscoveredCheck, replicates: number): PlannedCheck {
  return {
    id,
    suite: suite.id,
    ...(suite.ticket === undefined ? {} : { ticket: suite.ticket }),
    lane: options.lane,
    arms: [...options.arms],
    // Of a measured check a replicate is a pair.
    replicates: replicates * (options.pairs?.most ?? 1),
    ...(options.pairs === undefined ? {} : { leastReplicates: options.pairs.least }),
    facts: [...options.facts],
    measures: { ...options.measures },
    components: [...(options.stack?.components ?? [])],
  };
}
